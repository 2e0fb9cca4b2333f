import type { SubscribeOptions, TopicEvent, TopicSubscription } from '../../ports/topics.ts'
import { MemoryGroup } from './group.ts'

/** What several memory topics have in common, as processes have one broker in common. */
export interface MemoryHub {
  publish(events: readonly TopicEvent[]): void
  subscribe(options: SubscribeOptions): TopicSubscription
}

/** A hub that is always there, and keeps nothing after this process. */
export function memoryHub(): MemoryHub {
  const groups = new Map<string, MemoryGroup>()
  return {
    publish(events) {
      for (const event of events) {
        // As a subscriber in another process would have it: what JSON keeps, and its own.
        const copy: TopicEvent = JSON.parse(JSON.stringify(event))
        for (const group of groups.values()) group.add(copy)
      }
    },
    subscribe({ group: name, pattern = '**', onEvent }) {
      const group = groups.get(name) ?? new MemoryGroup(pattern)
      groups.set(name, group)
      return group.join(pattern, onEvent)
    },
  }
}
