import type { RuntimeEvent } from '../../core/events.ts'
import { EventQueue, type QueueLimits } from './event-queue.ts'

/**
 * One that returns a promise is told one event after another; what comes meanwhile waits. Others
 * are told at once.
 */
export type Listener<Data = unknown> = (event: RuntimeEvent<string, Data>) => unknown

export interface SubscriptionEvents {
  /** The listener threw or rejected. */
  failed(error: unknown): void
  /** Told for the first of the events in a row that found its queue full. */
  overflowed(dropped: number): void
  /** It is to hear no more than what waits already. */
  left(): void
}

/** One listener, and the events that wait while it works. */
export class Subscription {
  readonly listener: Listener
  readonly #events: SubscriptionEvents
  readonly #limits: QueueLimits
  readonly #isOnce: boolean
  #waiting: EventQueue | undefined
  #state: 'idle' | 'working' | 'leaving' | 'stopped' = 'idle'

  constructor(
    listener: Listener,
    limits: QueueLimits,
    isOnce: boolean,
    events: SubscriptionEvents,
  ) {
    this.listener = listener
    this.#limits = limits
    this.#isOnce = isOnce
    this.#events = events
  }

  /** Never throws and never waits. */
  readonly tell = (event: RuntimeEvent): void => {
    if (this.#state === 'idle') {
      if (this.#isOnce) this.#leave()
      const working = this.#call(event)
      if (working !== undefined) void this.#work(working)
    } else if (this.#state === 'working') this.#wait(event)
  }

  /** Hears nothing from here on, not even what waits. */
  stop(): void {
    this.#state = 'stopped'
    this.#waiting = undefined
  }

  #wait(event: RuntimeEvent): void {
    this.#waiting ??= new EventQueue(this.#limits, (dropped) => this.#events.overflowed(dropped))
    // A listener that heard of the overflow may have taken this one off meanwhile.
    if (!this.#waiting.push(event) && this.#state === 'working') this.#leave()
  }

  #leave(): void {
    this.#state = 'leaving'
    this.#events.left()
  }

  /** Until nothing waits any more. */
  async #work(first: Promise<unknown>): Promise<void> {
    let working: Promise<unknown> | undefined = first
    if (this.#state === 'idle') this.#state = 'working'
    for (;;) {
      await working?.catch((error) => this.#events.failed(error))
      const event = this.#waiting?.shift()
      if (event === undefined) break
      working = this.#call(event)
    }
    if (this.#state === 'working') this.#state = 'idle'
  }

  /** What is left to wait for. */
  #call(event: RuntimeEvent): Promise<unknown> | undefined {
    try {
      const result = this.listener(event)
      return result instanceof Promise ? result : undefined
    } catch (error) {
      this.#events.failed(error)
      return undefined
    }
  }
}
