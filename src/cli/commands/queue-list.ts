import type { Command } from 'commander'
import { systemClock } from '../../runtime/clock.ts'
import type { QueuePage } from '../../runtime/operations/queue.ts'
import type { QueueAccess } from '../backend/backend.ts'
import { withBackend } from '../backend/connect.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import {
  databaseOption,
  type JsonOption,
  jsonOption,
  type TargetOption,
  urlOption,
} from '../options.ts'
import { addPagingOptions, type PagingOptions, readPages } from '../paging.ts'
import { styleFor } from '../style.ts'
import { formatWaiting } from '../tasklet-table.ts'
import type { CommandContext } from './context.ts'

type ListOptions = PagingOptions & TargetOption & JsonOption

export function addQueueList(parent: Command, { io, end }: CommandContext): void {
  const command = parent
    .command('list')
    .description('list what may run now, in the order in which it will')
    .argument('<queue>', 'the queue')
  addPagingOptions(command)
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (queue: string, options: ListOptions) => end(await listQueue(queue, options, io)))
}

const EXAMPLES = `
The version that it prints is what "setpoint queue reorder" wants.

Examples:
  $ setpoint queue list main
  $ setpoint queue list main --all --json | jq -r .items[].id
`

async function listQueue(name: string, options: ListOptions, io: Io): Promise<number> {
  const page = await withBackend(options, io, ({ queues }) => readOrder(queues, name, options))
  if (options.json) {
    writeJson(io.stdout, page)
    return EXIT.done
  }
  const { dim } = styleFor(io.stderr, io.env)
  const style = styleFor(io.stdout, io.env)
  const { items, version, cursor } = page
  if (items.length === 0) writeLine(io.stderr, dim(`nothing waits to run in queue "${name}"`))
  else {
    const first = options.cursor === undefined ? 0 : firstPosition(options.cursor)
    writeLine(io.stdout, formatWaiting(items, first, systemClock.now(), style))
  }
  writeLine(io.stderr, dim(`version ${version}`))
  if (cursor !== undefined) {
    writeLine(io.stderr, dim(`there are more: --all, --limit COUNT, or --cursor ${cursor}`))
  }
  return EXIT.done
}

async function readOrder(
  queues: QueueAccess,
  name: string,
  options: PagingOptions,
): Promise<QueuePage> {
  let version = ''
  const page = await readPages(options, async (request) => {
    const read = await queues.page(name, request)
    version = read.version
    return read
  })
  return { ...page, version }
}

/** A cursor begins with the position at which its page ended. */
function firstPosition(cursor: string): number {
  return Number.parseInt(cursor, 10) + 1
}
