import type { RuntimeEvent } from '../../core/events.ts'
import { EventQueue, type QueueLimits } from './event-queue.ts'

export interface StreamEvents {
  /** Told for the first of the events in a row that found its queue full. */
  overflowed(dropped: number): void
  /** It takes no more; told once. */
  left(): void
}

type Result<Data> = IteratorResult<RuntimeEvent<string, Data>, undefined>
/** Of unknown data, so that a stream of one kind of event counts as a stream of more general ones. */
type Reader = (result: Result<unknown>) => void

/**
 * Events for `for await`. It hears from the moment it is made until it is left (by `break`), its
 * signal aborts, or the runtime has stopped; what was heard and not read by then is read still,
 * unless it was aborted or left.
 */
export class EventStream<Data = unknown>
  implements AsyncIterableIterator<RuntimeEvent<string, Data>, undefined>
{
  readonly #waiting: EventQueue
  readonly #events: StreamEvents
  #readers: Reader[] = []
  #isOpen = true

  constructor(limits: QueueLimits, events: StreamEvents) {
    this.#events = events
    this.#waiting = new EventQueue(limits, (dropped) => events.overflowed(dropped))
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** How many events wait to be read. */
  get waiting(): number {
    return this.#waiting.length
  }

  push(event: RuntimeEvent): void {
    if (!this.#isOpen) return
    const reader = this.#readers.shift()
    if (reader !== undefined) reader({ done: false, value: event })
    else if (!this.#waiting.push(event)) this.end()
  }

  /** Hears no more; what waits can be read still. */
  end(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    for (const reader of this.#readers) reader({ done: true, value: undefined })
    this.#readers = []
    this.#events.left()
  }

  next(): Promise<Result<Data>> {
    const event = this.#waiting.shift()
    // Whoever names a pattern or a name says by it what the data is.
    if (event !== undefined) {
      return Promise.resolve({ done: false, value: event as RuntimeEvent<string, Data> })
    }
    if (!this.#isOpen) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve) => this.#readers.push(resolve as Reader))
  }

  return(): Promise<Result<Data>> {
    this.end()
    this.#waiting.clear()
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

/** Leaves the stream when the signal aborts. */
export function endOnAbort(stream: EventStream, signal: AbortSignal | undefined): () => void {
  const leave = () => void stream.return()
  if (signal?.aborted) leave()
  else signal?.addEventListener('abort', leave, { once: true })
  return () => signal?.removeEventListener('abort', leave)
}
