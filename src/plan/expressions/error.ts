import { SetpointError } from '../../core/errors.ts'

/** Where in an expression something is wrong: offsets from, and to (exclusive). */
export interface Place {
  readonly from: number
  readonly to: number
}

/** An expression has no value. The message shows it with a caret under what is at fault. */
export class ExpressionError extends SetpointError {
  /** What is wrong, in one line. */
  readonly summary: string

  constructor(summary: string, text: string, place: Place, options?: ErrorOptions) {
    super('expression_failed', `${summary}\n${pointAt(text, place)}`, options)
    this.summary = summary
  }
}

const WIDEST = 100
const LEAD = 40

/** The line of the text that holds the place, with carets below. */
function pointAt(text: string, { from, to }: Place): string {
  const start = text.lastIndexOf('\n', from - 1) + 1
  const next = text.indexOf('\n', start)
  const line = text.slice(start, next === -1 ? undefined : next)
  const column = Math.min(from - start, line.length)
  const left = line.length <= WIDEST ? 0 : Math.max(0, column - LEAD)
  const shown = line.slice(left, left + WIDEST).replace(/\p{Cc}/gu, ' ')
  const width = Math.max(1, Math.min(to - from, shown.length - (column - left)))
  return `  ${shown}\n  ${' '.repeat(column - left)}${'^'.repeat(width)}`
}
