import { InputError } from '../../core/errors.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import { parseTraceparent } from '../../core/trace-context.ts'
import { toOptionalText } from './submit-values.ts'

/**
 * The trace that a submission names.
 * @throws {InputError} for a `traceparent` that is none.
 */
export function toTrace(options: {
  readonly traceId?: string
  readonly traceparent?: string
}): Pick<Tasklet, 'traceId' | 'traceparent'> {
  const { traceparent } = options
  const traceId = toOptionalText('traceId', options.traceId)
  if (traceparent === undefined) return { traceId, traceparent }
  const parent = parseTraceparent(traceparent)
  if (parent !== undefined) return { traceId: traceId ?? parent.traceId, traceparent }
  throw new InputError(
    `traceparent must have the form of W3C Trace Context, 00-<32 hex digits>-<16 hex digits>-<2 hex digits>, not ${JSON.stringify(traceparent)}`,
  )
}
