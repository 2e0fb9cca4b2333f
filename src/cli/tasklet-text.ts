import type { ErrorRecord } from '../core/errors.ts'
import type { Status } from '../core/status.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { DuplicateReason } from '../ports/store-messages.ts'
import { printable, type Style } from './style.ts'

/** The message with its kind and the step in which it arose, then every cause below it. */
export function formatError(error: ErrorRecord, style: Style): readonly string[] {
  const reason = error.reason === undefined ? '' : `, ${error.reason}`
  const step = error.step === undefined ? '' : ` in step ${printable(error.step)}`
  const lines = [`${style.red(`${error.kind}${reason}${step}:`)} ${printable(error.message)}`]
  for (let cause = error.cause; cause !== undefined; cause = cause.cause) {
    lines.push(`caused by: ${printable(cause.message)}`)
  }
  return lines
}

/** The status in its colour, padded before that, so that columns stay straight. */
export function formatStatus(status: string, style: Style, shown = status): string {
  return colourOf(status, style)(shown)
}

export function statusMark(status: Status, style: Style): string {
  const mark = status === 'completed' ? '✔' : '✖'
  return formatStatus(status, style, mark)
}

function colourOf(status: string, style: Style): (text: string) => string {
  switch (status) {
    case 'completed':
      return style.green
    case 'failed':
      return style.red
    case 'cancelled':
      return style.yellow
    case 'running':
      return style.cyan
    default:
      return (text) => text
  }
}

const DAY = 86_400_000
const HOUR = 3_600_000
const MINUTE = 60_000

/** How long ago, in its largest unit: `42 s`, `5 m`, `3 h`, `12 d`. */
export function formatAge(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / 1000))} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} m`
  return ms < DAY ? `${Math.floor(ms / HOUR)} h` : `${Math.floor(ms / DAY)} d`
}

/** Why a submission made nothing new, and what it stands for instead. */
export function describeDuplicate(reason: DuplicateReason, { id, status }: Tasklet): string {
  switch (reason) {
    case 'idempotency-key':
      return `not new: ${id} has this idempotency key and is ${status}`
    case 'unique':
      return `not new: ${id} has this unique key and is ${status}`
    case 'replaced':
      return `${id} had this unique key and takes over what was submitted`
    case 'replayed':
      return `not new: ${id} runs it again already and is ${status}`
  }
}
