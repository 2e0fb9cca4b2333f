import type { Command } from 'commander'
import { createIdSource } from '../../core/id.ts'
import { systemClock } from '../../runtime/clock.ts'
import { type Mail, postMail } from '../../runtime/waits/mailbox.ts'
import { isAwaited } from '../../runtime/waits/open-wait.ts'
import { withDatabase } from '../database.ts'
import { EXIT } from '../failure.ts'
import { readInput } from '../input.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import { type DatabaseOption, databaseOption, type JsonOption, jsonOption } from '../options.ts'
import { printable, type Style, styleFor } from '../style.ts'
import { readWaiting, type Waiting, waitingFields } from '../waiting.ts'
import type { CommandContext } from './context.ts'

type EmitOptions = DatabaseOption & JsonOption & { readonly data?: string }

export function addEventsEmit(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('emit')
    .description('tell an event to whoever waits for it or is triggered by it')
    .argument('<name>', 'the name of the event, words with dots between them')
    .option('--data <json>', 'what it carries: JSON, @file, or - for standard input')
    .addOption(databaseOption())
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
  const { db, json } = options
  const data =
    options.data === undefined ? undefined : await readInput(options.data, io.stdin, '--data')
  const id = createIdSource(systemClock.now)()
  const mail = { name, data, at: systemClock.now() }
  const awaiting = await withDatabase(db, async (store) => {
    const waiting = await readWaiting(store)
    await postMail(store, id, mail)
    return waiting.filter(({ wait }) => isAwaited(wait, mail))
  })
  if (json) writeJson(io.stdout, { id, ...mail, matches: awaiting.map(waitingFields) })
  else writeLine(io.stdout, describe(mail, awaiting, styleFor(io.stdout, io.env)))
  return EXIT.done
}

function describe({ name }: Mail, awaiting: readonly Waiting[], { bold, dim }: Style): string {
  const count = awaiting.length
  const who =
    count === 0 ? 'nobody waits for it' : `${count} ${count === 1 ? 'wait ends' : 'waits end'}`
  const lines = awaiting.map(
    ({ tasklet: { id, plan, task } }) => `  ${id}  ${dim(printable(`${plan}/${task}`))}`,
  )
  return [`event "${bold(printable(name))}" is told: ${who}`, ...lines].join('\n')
}
