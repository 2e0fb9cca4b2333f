import type { HandlerRuntime } from '../../plan/handler.ts'

/** The runtime for work under a signal: whatever is waited for is given up when it aborts. */
export function underSignal(runtime: HandlerRuntime, signal: AbortSignal): HandlerRuntime {
  return {
    submit: (task, input, options) => runtime.submit(task, input, joined(options, signal)),
    call: (task, input, options) => runtime.call(task, input, joined(options, signal)),
  }
}

/** A signal of the handler's own counts as well. */
function joined(options: object | undefined, signal: AbortSignal): object {
  const own = options !== undefined && 'signal' in options ? options.signal : undefined
  if (!(own instanceof AbortSignal)) return { ...options, signal }
  return { ...options, signal: AbortSignal.any([own, signal]) }
}
