import { DispatchError } from '../../core/errors.ts'
import type {
  ConsumeOptions,
  Dispatch,
  DispatchConsumer,
  DispatchMessage,
} from '../../ports/dispatch.ts'
import { type Connections, connect } from './connection.ts'
import { BullmqConsumer } from './consumer.ts'
import { type Driver, loadDriver } from './driver.ts'
import { type BullmqDispatchOptions, type Settings, toSettings } from './options.ts'
import { Queues } from './queues.ts'

export type { BullmqDispatchOptions } from './options.ts'

/**
 * Delivery by BullMQ over one Redis, or one that Sentinel guards. Every priority is a level of its
 * own. What a consumer held that died is handed out again when its lock has ended, then before all
 * others; a message that Redis loses is published again by whoever finds it missing.
 */
export function bullmqDispatch(url: string, options: BullmqDispatchOptions = {}): Dispatch {
  return new BullmqDispatch(toSettings(url, options))
}

interface Opened {
  readonly driver: Driver
  readonly connections: Connections
  readonly queues: Queues
  readonly consumers: Set<DispatchConsumer>
}

class BullmqDispatch implements Dispatch {
  readonly name = 'bullmq'
  readonly #settings: Settings
  readonly #listeners = new Set<(isUp: boolean) => void>()
  #opened: Opened | undefined

  constructor(settings: Settings) {
    this.#settings = settings
  }

  async open(): Promise<void> {
    if (this.#opened) return
    const driver = await loadDriver()
    const connections = await connect(driver, this.#settings, (isUp) => {
      for (const listener of this.#listeners) listener(isUp)
    })
    const queues = new Queues(driver, connections, this.#settings)
    this.#opened = { driver, connections, queues, consumers: new Set() }
  }

  async close(): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    if (!opened) return
    await Promise.all([...opened.consumers].map((consumer) => consumer.close()))
    await opened.queues.close()
    await opened.connections.close()
  }

  async publish(messages: readonly DispatchMessage[]): Promise<void> {
    await this.#whenOpen().queues.add(messages)
  }

  async consume(options: ConsumeOptions): Promise<DispatchConsumer> {
    const { driver, connections, consumers } = this.#whenOpen()
    const inner = new BullmqConsumer(driver, connections, this.#settings, options)
    const consumer: DispatchConsumer = {
      async close() {
        await inner.close()
        consumers.delete(consumer)
      },
    }
    consumers.add(consumer)
    return consumer
  }

  async depth(queue: string): Promise<number> {
    return this.#whenOpen().queues.depth(queue)
  }

  onConnection(listener: (isUp: boolean) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #whenOpen(): Opened {
    if (this.#opened) return this.#opened
    throw new DispatchError('closed', 'the dispatch is not open: call open() first')
  }
}
