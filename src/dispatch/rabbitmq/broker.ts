import { DispatchError } from '../../core/errors.ts'
import type { DispatchMessage } from '../../ports/dispatch.ts'
import { bandQueue } from './bands.ts'
import { LastingChannel } from './channel.ts'
import { type Link, openError, openLink, unavailable, withinPatience } from './connection.ts'
import { toBody } from './message.ts'
import type { Settings } from './options.ts'
import { type Outgoing, Publisher } from './publisher.ts'
import { declareDead, declareQueue } from './queues.ts'

/**
 * Milliseconds before a queue is made again that was deleted: RabbitMQ must have told its consumers
 * of the end of the old one. It would take them for consumers of the new one, and they for a copy of
 * what they have seen what comes from it (seen with 3.10).
 */
const REMADE_AFTER = 500

interface OutgoingMessage extends Outgoing {
  readonly queue: string
}

/** The broker as one dispatch sees it: two connections, and what goes over them. */
export class Broker {
  readonly consuming: Link
  readonly #settings: Settings
  /** On its own, because the broker may hold up a connection that publishes, with its readers. */
  readonly #publishing: Link
  readonly #publisher: Publisher
  /** Where queues are counted. */
  readonly #counting: LastingChannel
  /** Queues that the publisher has declared since it was last connected. */
  readonly #declared = new Set<string>()

  constructor(settings: Settings, publishing: Link, consuming: Link) {
    this.consuming = consuming
    this.#settings = settings
    this.#publishing = publishing
    this.#publisher = new Publisher(publishing, async (channel) => {
      this.#declared.clear()
      await declareDead(channel, settings)
    })
    this.#counting = new LastingChannel(consuming, (channel) => declareDead(channel, settings))
  }

  get isUp(): boolean {
    return this.#publishing.isUp && this.consuming.isUp
  }

  /** Rejects when the broker does not let us have what we need. */
  async prepare(): Promise<void> {
    await this.#publisher.channel()
  }

  async publish(messages: readonly DispatchMessage[]): Promise<void> {
    const lost = await this.#send(messages.map((message) => this.#toOutgoing(message)))
    if (lost.length === 0) return
    // Somebody has deleted queues while we were connected; they are made again, once.
    this.#declared.clear()
    await new Promise((resolve) => setTimeout(resolve, REMADE_AFTER))
    const lostAgain = await this.#send(lost)
    if (lostAgain.length > 0) throw unavailable(new Error('queues vanish as soon as they are made'))
  }

  async depth(queue: string): Promise<number> {
    const channel = await this.#counting.get()
    return withinPatience(declareQueue(channel, this.#settings, queue))
  }

  async close(): Promise<void> {
    await Promise.all([this.#publishing.close(), this.consuming.close()])
  }

  async #send(messages: readonly OutgoingMessage[]): Promise<readonly OutgoingMessage[]> {
    const channel = await this.#publisher.channel()
    for (const queue of new Set(messages.map((message) => message.queue))) {
      if (this.#declared.has(queue)) continue
      await withinPatience(declareQueue(channel, this.#settings, queue))
      this.#declared.add(queue)
    }
    return this.#publisher.send(messages)
  }

  #toOutgoing(message: DispatchMessage): OutgoingMessage {
    const { id, queue, priority, deliveries } = message
    return {
      queue,
      body: toBody(message),
      envelope: {
        routingKey: bandQueue(this.#settings.prefix, queue, priority),
        mandatory: true,
        contentType: 'application/json',
        messageId: `${id}/${deliveries}`,
      },
    }
  }
}

/** Rejects with DispatchError (`dispatch_open`). */
export async function openBroker(
  settings: Settings,
  onConnection: (isUp: boolean) => void,
): Promise<Broker> {
  const { url, warn } = settings
  const links: Link[] = []
  let wasUp = true
  const onChange = (): void => {
    const isUp = links.every((link) => link.isUp)
    if (isUp !== wasUp) onConnection(isUp)
    wasUp = isUp
  }
  try {
    const publishing = await openLink({ url, name: 'setpoint: publishes', warn, onChange })
    links.push(publishing)
    const consuming = await openLink({ url, name: 'setpoint: consumes', warn, onChange })
    links.push(consuming)
    const broker = new Broker(settings, publishing, consuming)
    await broker.prepare()
    return broker
  } catch (cause) {
    await Promise.all(links.map((link) => link.close()))
    const isTold = cause instanceof DispatchError && cause.code === 'dispatch_open'
    throw isTold ? cause : openError(url, cause)
  }
}
