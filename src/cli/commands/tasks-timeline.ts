import type { Command } from 'commander'
import { formatDuration } from '../../core/duration.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { TimelineEntry } from '../../runtime/operations/timeline.ts'
import { withBackend } from '../backend/connect.ts'
import type { Io } from '../io.ts'
import {
  databaseOption,
  type JsonOption,
  jsonOption,
  type TargetOption,
  urlOption,
} from '../options.ts'
import { addPagingOptions, type PagingOptions, readPages, writePage } from '../paging.ts'
import type { Style } from '../style.ts'
import { formatTable } from '../table.ts'
import { toTime } from '../tasklet-filter.ts'
import { formatStatus } from '../tasklet-text.ts'
import { spanOf, timelineBar } from '../timeline-bar.ts'
import type { CommandContext } from './context.ts'

interface TimelineOptions extends PagingOptions, TargetOption, JsonOption {
  readonly plan?: string
  readonly tag?: string
  readonly since?: number
}

export function addTasksTimeline(parent: Command, { io, end }: CommandContext): void {
  const command = parent
    .command('timeline')
    .description('when tasklets were submitted, started, prepared and settled, newest first')
    .option('--plan <name>', 'only of this plan')
    .option('--tag <tag>', 'only with this tag')
    .option('--since <time>', 'only created since: 2h, 1d, or a date such as 2026-05-01', toTime)
  addPagingOptions(command)
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (options: TimelineOptions) => end(await showTimeline(options, io)))
}

const EXAMPLES = `
In the bars ░ is waiting, ▒ the preparation of the world and █ the task itself.

Examples:
  $ setpoint tasks timeline --since 1h
  $ setpoint tasks timeline --tag nightly --all --json
`

async function showTimeline(options: TimelineOptions, io: Io): Promise<number> {
  const { plan, tag, since } = options
  const filter = {
    ...(plan !== undefined && { plan }),
    ...(tag !== undefined && { tag }),
    ...(since !== undefined && { since }),
  }
  const page = await withBackend(options, io, ({ tasks }) =>
    readPages(options, (request) => tasks.timeline(filter, request)),
  )
  return writePage(page, options, io, {
    nothing: 'no tasklet matches',
    format: (items, style) => describe(items, systemClock.now(), style),
  })
}

const BAR = 32

function describe(entries: readonly TimelineEntry[], now: number, style: Style): string {
  const span = spanOf(entries, now)
  const columns = [
    { title: 'id' },
    { title: 'task', style: style.bold },
    { title: 'status', style: (text: string) => formatStatus(text.trimEnd(), style, text) },
    { title: 'waited', align: 'right' },
    { title: 'prepared', align: 'right' },
    { title: 'ran', align: 'right' },
    { title: formatDuration(span.to - span.from), style: style.cyan },
  ] as const
  const rows = entries.map((entry) => [
    entry.id,
    entry.task,
    entry.status,
    formatDuration(entry.waited),
    durationOf(entry.startedAt, entry.preparedAt),
    durationOf(entry.preparedAt ?? entry.startedAt, entry.settledAt),
    timelineBar(entry, span, BAR),
  ])
  return formatTable(columns, rows, style.dim)
}

function durationOf(from: number | undefined, to: number | undefined): string {
  return from === undefined || to === undefined ? '-' : formatDuration(Math.max(0, to - from))
}
