import { formatDuration } from '../core/duration.ts'
import type { RuntimeEvents } from '../core/events.ts'
import { printable, type Style } from './style.ts'

/** One step that has ended: how, and how long it took. */
export function formatStepEnd(
  { key, attempt, status, duration, message }: RuntimeEvents['step.ended'],
  style: Style,
): string {
  const mark = { completed: '✔', failed: '✖', timedOut: '✖', cancelled: '–' }[status]
  const colour = colourOf(status, style)
  const again = attempt === 1 ? '' : `, attempt ${attempt}`
  const reason = message === undefined ? '' : `: ${printable(message)}`
  const how = status === 'cancelled' ? 'cancelled, ' : ''
  return `${colour(mark)} ${printable(key)}  ${style.dim(`${how}${formatDuration(duration)}${again}`)}${reason}`
}

function colourOf(status: RuntimeEvents['step.ended']['status'], style: Style) {
  if (status === 'completed') return style.green
  return status === 'cancelled' ? style.dim : style.red
}
