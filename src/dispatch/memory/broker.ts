import type { ConsumeOptions, DispatchConsumer, DispatchMessage } from '../../ports/dispatch.ts'
import { MemoryQueue } from './queue.ts'

/** What several memory dispatches have in common, as processes have one broker in common. */
export interface MemoryBroker {
  publish(messages: readonly DispatchMessage[]): void
  consume(options: ConsumeOptions): DispatchConsumer
  depth(queue: string): number
  onConnection(listener: (isUp: boolean) => void): () => void
}

/** A broker that is always there, and keeps nothing after this process. */
export function memoryBroker(): MemoryBroker {
  const queues = new Map<string, MemoryQueue>()
  const toQueue = (name: string): MemoryQueue => {
    const queue = queues.get(name) ?? new MemoryQueue()
    queues.set(name, queue)
    return queue
  }
  return {
    publish(messages) {
      for (const message of messages) toQueue(message.queue).add(message)
    },
    consume: (options) => toQueue(options.queue).take(options),
    depth: (name) => queues.get(name)?.depth ?? 0,
    onConnection: () => () => undefined,
  }
}
