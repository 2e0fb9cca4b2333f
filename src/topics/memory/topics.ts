import { DispatchError } from '../../core/errors.ts'
import { requirePattern } from '../../core/event-patterns.ts'
import type { SubscribeOptions, TopicEvent, TopicSubscription, Topics } from '../../ports/topics.ts'
import { type MemoryHub, memoryHub } from './hub.ts'

/**
 * Publish and subscribe inside one process: for tests, and the reference for what all topics do.
 * Objects over one hub share its groups.
 */
export function memoryTopics(hub: MemoryHub = memoryHub()): Topics {
  return new MemoryTopics(hub)
}

class MemoryTopics implements Topics {
  readonly name = 'memory'
  readonly #hub: MemoryHub
  readonly #subscriptions = new Set<TopicSubscription>()
  #isOpen = false

  constructor(hub: MemoryHub) {
    this.#hub = hub
  }

  async open(): Promise<void> {
    this.#isOpen = true
  }

  async close(): Promise<void> {
    this.#isOpen = false
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()))
  }

  async publish(events: readonly TopicEvent[]): Promise<void> {
    this.#opened().publish(events)
  }

  async subscribe(options: SubscribeOptions): Promise<TopicSubscription> {
    const hub = this.#opened()
    requirePattern(options.pattern ?? '**')
    const inner = hub.subscribe(options)
    const subscription: TopicSubscription = {
      close: async () => {
        this.#subscriptions.delete(subscription)
        await inner.close()
      },
    }
    this.#subscriptions.add(subscription)
    return subscription
  }

  #opened(): MemoryHub {
    if (this.#isOpen) return this.#hub
    throw new DispatchError('closed', 'the topics are not open: call open() first')
  }
}
