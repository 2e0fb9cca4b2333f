import type { TimelineEntry } from '../runtime/operations/timeline.ts'

/** Milliseconds since the epoch. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** From the first submission to the last end, or until now where something has not ended. */
export function spanOf(entries: readonly TimelineEntry[], now: number): Span {
  const from = Math.min(...entries.map(({ queuedAt }) => queuedAt))
  const to = Math.max(...entries.map(({ settledAt = now }) => settledAt))
  return { from, to: Math.max(to, from + 1) }
}

/** `  ░░▒███  `: waiting, being prepared and running, to the scale of the span. */
export function timelineBar(entry: TimelineEntry, { from, to }: Span, width: number): string {
  const { queuedAt, startedAt = Infinity, preparedAt = startedAt, settledAt = to } = entry
  const step = (to - from) / width
  return Array.from({ length: width }, (_, index) => {
    const start = from + index * step
    const end = start + step
    if (end <= queuedAt || start > settledAt) return ' '
    if (end > preparedAt) return '█'
    return end > startedAt ? '▒' : '░'
  }).join('')
}
