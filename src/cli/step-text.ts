import { formatDuration } from '../core/duration.ts'
import type { StepReport } from '../runtime/steps/step-log.ts'
import { printable, type Style } from './style.ts'

/** One step: how it ended or that it is under way, and how long it took, if that is known. */
export function formatStep(step: StepReport, style: Style): string {
  const { key, attempt = 1, status, duration, message } = step
  const mark = { running: '▸', completed: '✔', failed: '✖', timedOut: '✖', cancelled: '–' }[status]
  const facts = [
    ...(status === 'cancelled' || status === 'running' ? [status] : []),
    ...(duration === undefined ? [] : [formatDuration(duration)]),
    ...(attempt === 1 ? [] : [`attempt ${attempt}`]),
  ]
  const reason = message === undefined ? '' : `: ${printable(message)}`
  const how = facts.length === 0 ? '' : `  ${style.dim(facts.join(', '))}`
  return `${colourOf(status, style)(mark)} ${printable(key)}${how}${reason}`
}

function colourOf(status: StepReport['status'], style: Style) {
  switch (status) {
    case 'completed':
      return style.green
    case 'running':
      return style.cyan
    case 'cancelled':
      return style.dim
    default:
      return style.red
  }
}
