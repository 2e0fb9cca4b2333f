import type { HandlerRuntime } from '../../plan/handler.ts'
import type { SubmitOptions } from '../intake/submission.ts'
import type { Delivery } from './delivery.ts'

/** The runtime for work under a signal: whatever is waited for is given up when it aborts. */
export function underSignal(
  runtime: HandlerRuntime,
  signal: AbortSignal,
  trace: object = {},
): HandlerRuntime {
  const toOptions = (options: object | undefined) => ({ ...trace, ...joined(options, signal) })
  return {
    submit: (task, input, options) => runtime.submit(task, input, toOptions(options)),
    call: (task, input, options) => runtime.call(task, input, toOptions(options)),
  }
}

/** What a handler submits belongs to its own trace, also where nobody records spans. */
export function inherited({ trace, tasklet }: Delivery): SubmitOptions {
  const { traceId, traceparent } = tasklet
  // While spans are recorded, the one that the handler has made active is the parent.
  if (trace !== undefined || (traceId === undefined && traceparent === undefined)) return {}
  return { ...(traceId && { traceId }), ...(traceparent && { traceparent }) }
}

/** A signal of the handler's own counts as well. */
function joined(options: object | undefined, signal: AbortSignal): object {
  const own = options !== undefined && 'signal' in options ? options.signal : undefined
  if (!(own instanceof AbortSignal)) return { ...options, signal }
  return { ...options, signal: AbortSignal.any([own, signal]) }
}
