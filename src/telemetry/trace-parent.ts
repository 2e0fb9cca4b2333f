import { type Context, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api'
import { parseTraceparent } from '../core/trace-context.ts'

/** The context in which the span of the traceparent is active; an empty one for what is none. */
export function toRemoteContext(traceparent: string): Context {
  const parent = parseTraceparent(traceparent)
  if (parent === undefined) return ROOT_CONTEXT
  const { traceId, spanId, sampled } = parent
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true })
}
