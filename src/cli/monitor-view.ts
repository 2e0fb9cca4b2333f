import { formatDuration } from '../core/duration.ts'
import { STATUSES } from '../core/status.ts'
import type { Percentiles, QueueStats } from '../runtime/operations/flow.ts'
import type { Stats } from '../runtime/operations/stats.ts'
import type { Throughput } from '../runtime/operations/throughput.ts'
import { sparkline } from './sparkline.ts'
import { printable, type Style } from './style.ts'
import { type Column, formatTable } from './table.ts'
import { formatAge, formatStatus } from './tasklet-text.ts'

/** Health, counts, what went wrong, and one row for each queue. */
export function formatMonitor(stats: Stats, style: Style): string {
  const parts = [
    formatHealth(stats.health, style),
    formatCounts(stats, style),
    ...formatTroubles(stats, style),
    '',
    stats.queues.length === 0
      ? style.dim('there is no queue yet')
      : formatQueues(stats.queues, stats.minutes, style),
    '',
    style.dim(`times and throughput of the last ${windowText(stats.window)}`),
  ]
  return parts.join('\n')
}

function formatHealth({ status, reasons }: Stats['health'], style: Style): string {
  const head = `health  ${healthColour(status, style)(style.bold(status))}`
  const lines = reasons.map((reason) => {
    const about = reason.queue === undefined ? '' : `${printable(reason.queue)}: `
    return `  ${healthColour(reason.status, style)(reason.code)} ${about}${printable(reason.message)}`
  })
  return [head, ...lines].join('\n')
}

function healthColour(status: Stats['health']['status'], style: Style): (text: string) => string {
  if (status === 'ok') return style.green
  return status === 'degraded' ? style.yellow : style.red
}

function formatCounts({ counts }: Stats, style: Style): string {
  const shown = STATUSES.filter((status) => counts[status] > 0).map((status) =>
    formatStatus(status, style, `${counts[status]} ${status}`),
  )
  return `tasks   ${shown.length === 0 ? 'none yet' : shown.join(style.dim(' · '))}`
}

/** Within the window; a line only when there is something to say. */
function formatTroubles({ retries, leaseExpiries }: Stats, style: Style): readonly string[] {
  const troubles = [
    retries === 0 ? undefined : `retries ${retries}`,
    leaseExpiries === 0 ? undefined : `expired leases ${leaseExpiries}`,
  ].filter((trouble) => trouble !== undefined)
  return troubles.length === 0 ? [] : [style.yellow(`recent  ${troubles.join(', ')}`)]
}

function formatQueues(
  queues: readonly QueueStats[],
  minutes: readonly Throughput[],
  style: Style,
): string {
  const right = { align: 'right' } as const
  const columns: readonly Column[] = [
    { title: 'queue', style: style.bold },
    { title: 'depth', ...right },
    { title: 'running', ...right },
    { title: 'oldest', ...right },
    { title: 'wait p50/p95/p99' },
    { title: 'run p50/p95/p99' },
    { title: 'in/min', ...right },
    { title: 'out/min', ...right },
    { title: 'in', style: style.cyan },
    { title: 'out', style: style.green },
  ]
  const rows = queues.map((queue) => {
    const own = minutes.find((each) => each.queue === queue.queue)
    const largest = Math.max(0, ...(own?.in ?? []), ...(own?.out ?? []))
    return [
      queue.paused ? `${printable(queue.queue)} (paused)` : printable(queue.queue),
      String(queue.depth),
      String(queue.counts.running),
      queue.oldestAge === undefined ? '-' : formatAge(queue.oldestAge),
      percentilesText(queue.wait),
      percentilesText(queue.run),
      rateText(queue.inPerMinute),
      rateText(queue.outPerMinute),
      sparkline(own?.in ?? [], largest),
      sparkline(own?.out ?? [], largest),
    ]
  })
  return formatTable(columns, rows, style.dim)
}

function percentilesText({ p50, p95, p99 }: Percentiles): string {
  if (p50 === undefined) return '-'
  return [p50, p95, p99].map((ms) => (ms === undefined ? '-' : formatDuration(ms))).join(' / ')
}

function rateText(perMinute: number): string {
  return perMinute > 0 && perMinute < 10 ? perMinute.toFixed(1) : String(Math.round(perMinute))
}

function windowText(ms: number): string {
  return ms % 60_000 === 0 ? `${ms / 60_000} m` : formatDuration(ms)
}
