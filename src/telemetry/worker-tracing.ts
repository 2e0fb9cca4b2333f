import { context, trace } from '@opentelemetry/api'
import { toRemoteContext } from './trace-parent.ts'

/** Runs work, in a worker, as a part of the span that its parent process has begun for it. */
export function runWithin<T>(traceparent: string, work: () => T): T {
  const within = toRemoteContext(traceparent)
  return trace.getSpanContext(within) === undefined ? work() : context.with(within, work)
}
