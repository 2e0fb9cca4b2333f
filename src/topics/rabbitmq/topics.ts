import { DispatchError } from '../../core/errors.ts'
import { requirePattern } from '../../core/event-patterns.ts'
import { type Channel, type Link, openError, openLink } from '../../dispatch/rabbitmq/connection.ts'
import { toPrefetch, toPrefix, toWarn } from '../../dispatch/rabbitmq/options.ts'
import { Publisher } from '../../dispatch/rabbitmq/publisher.ts'
import type { Reader } from '../../dispatch/rabbitmq/reader.ts'
import type { SubscribeOptions, TopicEvent, TopicSubscription, Topics } from '../../ports/topics.ts'
import { toOutgoing } from './event.ts'
import { newGroupReader } from './group.ts'

export interface RabbitmqTopicsOptions {
  /** What the names of the exchange and of all queues begin with. Default: `setpoint`. */
  readonly prefix?: string | undefined
  /** The most events a subscription works on at once, each of another subject. Default: 32. */
  readonly prefetch?: number | undefined
  /** Milliseconds before an event is tried again whose handler has rejected. Default: 1000. */
  readonly retryAfter?: number | undefined
  /** What goes wrong while nobody waits for an answer. Default: a warning of the process. */
  readonly onWarning?: ((message: string) => void) | undefined
}

/**
 * Publish and subscribe by RabbitMQ (3.10 or later): events go to the durable topic exchange
 * `<prefix>.events` with their type as routing key; each group has the durable quorum queue
 * `<prefix>.group.<name>`. One member of a group works at a time, the next takes over when it goes:
 * that is what keeps the order of each subject.
 * @throws {InputError} for options that cannot be used.
 */
export function rabbitmqTopics(url: string, options: RabbitmqTopicsOptions = {}): Topics {
  return new RabbitmqTopics(url, options)
}

interface Open {
  readonly publishing: Link
  readonly consuming: Link
  readonly publisher: Publisher
}

class RabbitmqTopics implements Topics {
  readonly name = 'rabbitmq'
  readonly #url: string
  readonly #prefix: string
  readonly #prefetch: number
  readonly #retryAfter: number
  readonly #warn: (message: string) => void
  readonly #readers = new Set<Reader>()
  #open: Open | undefined

  constructor(url: string, options: RabbitmqTopicsOptions) {
    this.#url = url
    this.#prefix = toPrefix(options.prefix)
    this.#prefetch = toPrefetch(options.prefetch)
    this.#retryAfter = options.retryAfter ?? 1_000
    this.#warn = toWarn(options.onWarning)
  }

  async open(): Promise<void> {
    if (this.#open) return
    const common = { url: this.#url, warn: this.#warn }
    const publishing = await openLink({ ...common, name: 'setpoint: tells events' })
    const links = [publishing]
    try {
      const consuming = await openLink({
        ...common,
        name: 'setpoint: hears events',
        onChange: (isUp) => {
          if (isUp) for (const reader of this.#readers) reader.resume()
        },
      })
      links.push(consuming)
      const publisher = new Publisher(publishing, (channel) => this.#declare(channel))
      await publisher.channel()
      this.#open = { publishing, consuming, publisher }
    } catch (cause) {
      await Promise.all(links.map((link) => link.close()))
      const isTold = cause instanceof DispatchError && cause.code === 'dispatch_open'
      throw isTold ? cause : openError(this.#url, cause)
    }
  }

  async close(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    await Promise.all([...this.#readers].map((reader) => reader.close()))
    this.#readers.clear()
    await Promise.all([open?.publishing.close(), open?.consuming.close()])
  }

  async publish(events: readonly TopicEvent[]): Promise<void> {
    const { publisher } = this.#opened()
    if (events.length === 0) return
    await publisher.send(events.map((event) => toOutgoing(this.#exchange, event)))
  }

  async subscribe(options: SubscribeOptions): Promise<TopicSubscription> {
    const { consuming } = this.#opened()
    requirePattern(options.pattern ?? '**')
    const reader = newGroupReader(options, {
      link: consuming,
      prefix: this.#prefix,
      exchange: this.#exchange,
      declare: (channel) => this.#declare(channel),
      prefetch: this.#prefetch,
      retryAfter: this.#retryAfter,
      warn: this.#warn,
    })
    this.#readers.add(reader)
    await reader.start()
    return {
      close: async () => {
        this.#readers.delete(reader)
        await reader.close()
      },
    }
  }

  get #exchange(): string {
    return `${this.#prefix}.events`
  }

  #declare(channel: Channel): Promise<void> {
    return channel.exchangeDeclare({ exchange: this.#exchange, type: 'topic', durable: true })
  }

  #opened(): Open {
    if (this.#open) return this.#open
    throw new DispatchError('closed', 'the topics are not open: call open() first')
  }
}
