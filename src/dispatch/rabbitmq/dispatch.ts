import { DispatchError } from '../../core/errors.ts'
import type {
  ConsumeOptions,
  Dispatch,
  DispatchConsumer,
  DispatchMessage,
} from '../../ports/dispatch.ts'
import { type Broker, openBroker } from './broker.ts'
import { Keeper } from './keeper.ts'
import { type RabbitmqDispatchOptions, type Settings, toSettings } from './options.ts'
import { openSession } from './session.ts'

/**
 * Delivery by RabbitMQ (3.10 or later), in durable quorum queues: four for each of ours, by
 * priority (0, 1–250, 251–750, 751–1000). Within one, messages come in the order of publication.
 * What comes back too often is put aside in the queue `<prefix>.dead`.
 * @throws {InputError} for options that cannot be used.
 */
export function rabbitmqDispatch(url: string, options: RabbitmqDispatchOptions = {}): Dispatch {
  return new RabbitmqDispatch(toSettings(url, options))
}

class RabbitmqDispatch implements Dispatch {
  readonly name = 'rabbitmq'
  readonly #settings: Settings
  readonly #consumers = new Set<Keeper>()
  readonly #listeners = new Set<(isUp: boolean) => void>()
  #broker: Broker | undefined

  constructor(settings: Settings) {
    this.#settings = settings
  }

  async open(): Promise<void> {
    this.#broker ??= await openBroker(this.#settings, (isUp) => {
      for (const listener of this.#listeners) listener(isUp)
      if (isUp) for (const consumer of this.#consumers) consumer.resume()
    })
  }

  async close(): Promise<void> {
    const broker = this.#broker
    this.#broker = undefined
    const consumers = [...this.#consumers]
    this.#consumers.clear()
    await Promise.all(consumers.map((consumer) => consumer.close()))
    await broker?.close()
  }

  async publish(messages: readonly DispatchMessage[]): Promise<void> {
    const broker = this.#opened()
    if (messages.length > 0) await broker.publish(messages)
  }

  async consume(options: ConsumeOptions): Promise<DispatchConsumer> {
    const { consuming } = this.#opened()
    const settings = this.#settings
    const consumer = new Keeper(
      consuming,
      () => openSession(consuming, settings, options),
      (reason) => settings.warn(`queue "${options.queue}" is not consumed: ${reason}`),
    )
    this.#consumers.add(consumer)
    try {
      await consumer.start()
    } catch (error) {
      this.#consumers.delete(consumer)
      throw error
    }
    return {
      close: async () => {
        this.#consumers.delete(consumer)
        await consumer.close()
      },
    }
  }

  async depth(queue: string): Promise<number> {
    return this.#opened().depth(queue)
  }

  onConnection(listener: (isUp: boolean) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #opened(): Broker {
    if (this.#broker) return this.#broker
    throw new DispatchError('closed', 'the dispatch is not open: call open() first')
  }
}
