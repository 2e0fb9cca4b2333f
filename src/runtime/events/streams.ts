import type { EventBus } from './event-bus.ts'
import { type QueueOptions, toLimits } from './event-queue.ts'
import { EventStream, endOnAbort } from './event-stream.ts'

export interface StreamOptions extends QueueOptions {
  /** Ends the stream; what waits in it is let go. */
  readonly signal?: AbortSignal | undefined
}

/** A stream of what the bus tells; it ends with the runtime. */
export function openStream(
  bus: EventBus,
  pattern: string,
  { signal, ...options }: StreamOptions = {},
): EventStream {
  const limits = toLimits(options)
  const leaves: (() => void)[] = []
  const stream = new EventStream(limits, {
    overflowed: (dropped) => bus.overflowed(pattern, limits, dropped),
    left: () => {
      for (const leave of leaves) leave()
    },
  })
  // One after the other: a stream that ends at once has to leave what it has joined by then.
  leaves.push(bus.on(pattern, (event) => stream.push(event)))
  leaves.push(bus.onClose(() => stream.end()))
  leaves.push(endOnAbort(stream, signal))
  return stream
}
