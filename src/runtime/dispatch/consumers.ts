import type { Dispatch, DispatchConsumer, DispatchDelivery } from '../../ports/dispatch.ts'

export interface ConsumersServices {
  readonly dispatch: Pick<Dispatch, 'consume'>
  /** The queues that are worked on here, and how many of their messages may be in hand. */
  readonly capacities: ReadonlyMap<string, number>
  received(delivery: DispatchDelivery): void
}

/** Consumes the queues that this process works on: one consumer each. */
export class Consumers {
  readonly #services: ConsumersServices
  readonly #consumers = new Map<string, DispatchConsumer>()
  #opening: Promise<void> | undefined
  #isClosed = false

  constructor(services: ConsumersServices) {
    this.#services = services
  }

  /** Opens those that are missing; rejects when one cannot be opened now. */
  open(): Promise<void> {
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  /** Takes nothing more, and gives back what is still in hand. */
  async close(): Promise<void> {
    this.#isClosed = true
    // Who asked for them to be opened hears of a failure.
    await this.#opening?.catch(() => {})
    const consumers = [...this.#consumers.values()]
    this.#consumers.clear()
    await Promise.all(consumers.map((consumer) => consumer.close()))
  }

  async #open(): Promise<void> {
    const { dispatch, capacities, received } = this.#services
    for (const [queue, capacity] of capacities) {
      if (this.#isClosed) return
      if (this.#consumers.has(queue)) continue
      const consumer = await dispatch.consume({ queue, capacity, onDelivery: received })
      this.#consumers.set(queue, consumer)
    }
  }
}
