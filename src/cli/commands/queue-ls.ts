import type { Command } from 'commander'
import type { QueueInfo } from '../../ports/store-messages.ts'
import { systemClock } from '../../runtime/clock.ts'
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
import { printable, type Style, styleFor } from '../style.ts'
import { type Column, formatTable } from '../table.ts'
import { formatAge } from '../tasklet-text.ts'
import type { CommandContext } from './context.ts'

type LsOptions = TargetOption & JsonOption

export function addQueueLs(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('ls')
    .description('list the queues with what is in them')
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (options: LsOptions) => end(await listQueues(options, io)))
}

const EXAMPLES = `
Examples:
  $ setpoint queue ls
  $ setpoint queue ls --json | jq '.items[] | select(.paused)'
`

async function listQueues(options: LsOptions, io: Io): Promise<number> {
  const items = await withBackend(options, io, ({ queues }) => queues.list())
  if (options.json) writeJson(io.stdout, { items })
  else if (items.length > 0) {
    writeLine(io.stdout, describe(items, systemClock.now(), styleFor(io.stdout, io.env)))
  } else writeLine(io.stderr, styleFor(io.stderr, io.env).dim('there is no queue yet'))
  return EXIT.done
}

function describe(queues: readonly QueueInfo[], now: number, style: Style): string {
  const columns: readonly Column[] = [
    { title: 'queue', style: style.bold },
    {
      title: 'state',
      style: (text) => (text.startsWith('paused') ? style.yellow(text) : style.green(text)),
    },
    { title: 'pending', align: 'right' },
    { title: 'running', align: 'right' },
    { title: 'waiting', align: 'right' },
    { title: 'failed', align: 'right' },
    { title: 'oldest', align: 'right' },
  ]
  const rows = queues.map(({ queue, paused, counts, oldestPending }) => [
    printable(queue),
    paused ? 'paused' : 'open',
    String(counts.pending),
    String(counts.running),
    String(counts.blocked + counts.scheduled + counts.retrying),
    String(counts.failed),
    oldestPending === undefined ? '-' : formatAge(now - oldestPending),
  ])
  return formatTable(columns, rows, style.dim)
}
