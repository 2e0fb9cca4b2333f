import { formatDuration } from '../core/duration.ts'
import type { Tasklet } from '../core/tasklet.ts'
import { printable, type Style } from './style.ts'
import { formatStatus } from './tasklet-text.ts'

interface Moment {
  readonly at: number
  readonly text: string
}

/** What happened to a tasklet and when, as far as its record tells, oldest first. */
export function formatHistory(tasklet: Tasklet, style: Style): string {
  const { createdAt } = tasklet
  const later = momentsOf(tasklet, style).sort((a, b) => a.at - b.at)
  const shown = later.map(({ at, text }) => [`+${formatDuration(at - createdAt)}`, text] as const)
  const width = Math.max(0, ...shown.map(([after]) => after.length))
  return [
    `${new Date(createdAt).toISOString()}  submitted`,
    ...shown.map(([after, text]) => `${style.dim(after.padStart(width))}  ${text}`),
  ].join('\n')
}

/** The record keeps only the last start, but every failure. */
function momentsOf(tasklet: Tasklet, style: Style): Moment[] {
  const { startedAt, settledAt, actualDuration, deliveries, status, failures } = tasklet
  const moments: Moment[] = []
  if (startedAt !== undefined) {
    moments.push({ at: startedAt, text: `started, delivery ${deliveries}` })
  }
  if (settledAt !== undefined && actualDuration !== undefined) {
    moments.push({ at: settledAt - actualDuration, text: 'prepared' })
  }
  for (const { attempt, at, error } of failures) {
    const text = `attempt ${attempt} failed: ${printable(error.message).split('\n', 1)[0]}`
    moments.push({ at, text: style.red(text) })
  }
  if (settledAt !== undefined) moments.push({ at: settledAt, text: formatStatus(status, style) })
  return moments
}
