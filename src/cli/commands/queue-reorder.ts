import type { Command } from 'commander'
import { InputError } from '../../core/errors.ts'
import { withBackend } from '../backend/connect.ts'
import { EXIT } from '../failure.ts'
import { readStdin } from '../input.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import {
  databaseOption,
  type JsonOption,
  jsonOption,
  type TargetOption,
  urlOption,
} from '../options.ts'
import { printable } from '../style.ts'
import type { CommandContext } from './context.ts'

interface ReorderOptions extends TargetOption, JsonOption {
  readonly queueVersion: string
}

export function addQueueReorder(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('reorder')
    .description('give the pending tasklets of a queue a new order')
    .argument('<queue>', 'the queue')
    .argument('<id...>', 'every id in its new place; - reads them from standard input')
    .requiredOption('--queue-version <version>', 'the version that "queue list" printed')
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (queue: string, ids: readonly string[], options: ReorderOptions) =>
      end(await reorder(queue, ids, options, io)),
    )
}

const EXAMPLES = `
Exit code 1 when the queue has changed since it was listed: list it again. Full ids are needed.

Examples:
  $ setpoint queue list main --all --json > order.json
  $ jq -r '.items | reverse[].id' order.json |
      setpoint queue reorder main - --queue-version "$(jq -r .version order.json)"
`

async function reorder(
  name: string,
  given: readonly string[],
  options: ReorderOptions,
  io: Io,
): Promise<number> {
  const ids = given.length === 1 && given[0] === '-' ? await readIds(io.stdin) : given
  const version = await withBackend(options, io, ({ queues }) =>
    queues.reorder(name, ids, options.queueVersion),
  )
  if (options.json) writeJson(io.stdout, { queue: name, ids, version })
  else writeLine(io.stdout, `queue "${printable(name)}" has the new order, version ${version}`)
  return EXIT.done
}

async function readIds(stdin: Io['stdin']): Promise<readonly string[]> {
  const ids = (await readStdin(stdin)).split(/\s+/).filter((id) => id !== '')
  if (ids.length === 0) throw new InputError('standard input holds no id')
  return ids
}
