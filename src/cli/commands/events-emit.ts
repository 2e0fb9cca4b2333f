import type { Command } from 'commander'
import type { Told } from '../../runtime/waits/telling.ts'
import { withBackend } from '../backend/connect.ts'
import { EXIT } from '../failure.ts'
import { readInput } from '../input.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import {
  databaseOption,
  type JsonOption,
  jsonOption,
  type TargetOption,
  urlOption,
} from '../options.ts'
import { printable, type Style, styleFor } from '../style.ts'
import type { CommandContext } from './context.ts'

type EmitOptions = TargetOption & JsonOption & { readonly data?: string }

export function addEventsEmit(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('emit')
    .description('tell an event to whoever waits for it or is triggered by it')
    .argument('<name>', 'the name of the event, words with dots between them')
    .option('--data <json>', 'what it carries: JSON, @file, or - for standard input')
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: EmitOptions) => end(await emit(name, options, io)))
}

const EXAMPLES = `
The event is stored. A runtime on the database takes it within a second, or as soon as one starts, and
tells it once. It prints who waits for it by now; schedules and listeners are told as well.

Examples:
  $ setpoint events emit approval.given --data '{"ticket": 7, "by": "ann"}'
  $ setpoint events emit deploy.finished --data @deploy.json --json
`

async function emit(name: string, options: EmitOptions, io: Io): Promise<number> {
  const data =
    options.data === undefined ? undefined : await readInput(options.data, io.stdin, '--data')
  const told = await withBackend(options, io, ({ events }) => events.emit(name, data))
  if (options.json) writeJson(io.stdout, told)
  else writeLine(io.stdout, describe(told, styleFor(io.stdout, io.env)))
  return EXIT.done
}

function describe({ name, matches }: Told, { bold, dim }: Style): string {
  const count = matches.length
  const who =
    count === 0 ? 'nobody waits for it' : `${count} ${count === 1 ? 'wait ends' : 'waits end'}`
  const lines = matches.map(({ taskletId, task }) => `  ${taskletId}  ${dim(printable(task))}`)
  return [`event "${bold(printable(name))}" is told: ${who}`, ...lines].join('\n')
}
