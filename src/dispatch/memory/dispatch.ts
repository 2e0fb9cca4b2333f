import { DispatchError } from '../../core/errors.ts'
import type {
  ConsumeOptions,
  Dispatch,
  DispatchConsumer,
  DispatchMessage,
} from '../../ports/dispatch.ts'
import { type MemoryBroker, memoryBroker } from './broker.ts'

/**
 * Delivery inside one process: for tests, and for trying out what several runtimes do together. It
 * is also the reference for what every dispatch does. Objects over one broker share its queues.
 */
export function memoryDispatch(broker: MemoryBroker = memoryBroker()): Dispatch {
  return new MemoryDispatch(broker)
}

class MemoryDispatch implements Dispatch {
  readonly name = 'memory'
  readonly #broker: MemoryBroker
  readonly #consumers = new Set<DispatchConsumer>()
  #isOpen = false

  constructor(broker: MemoryBroker) {
    this.#broker = broker
  }

  async open(): Promise<void> {
    this.#isOpen = true
  }

  async close(): Promise<void> {
    this.#isOpen = false
    for (const consumer of this.#consumers) await consumer.close()
  }

  async publish(messages: readonly DispatchMessage[]): Promise<void> {
    this.#opened().publish(messages)
  }

  async consume(options: ConsumeOptions): Promise<DispatchConsumer> {
    const inner = this.#opened().consume(options)
    const consumer: DispatchConsumer = {
      close: async () => {
        this.#consumers.delete(consumer)
        await inner.close()
      },
    }
    this.#consumers.add(consumer)
    return consumer
  }

  async depth(queue: string): Promise<number> {
    return this.#opened().depth(queue)
  }

  onConnection(listener: (isUp: boolean) => void): () => void {
    return this.#broker.onConnection(listener)
  }

  #opened(): MemoryBroker {
    if (this.#isOpen) return this.#broker
    throw new DispatchError('closed', 'the dispatch is not open: call open() first')
  }
}
