import type { Channel, Envelope, ReturnedMessage } from 'rabbitmq-client'
import { LastingChannel } from './channel.ts'
import { type Link, unavailable, withinPatience } from './connection.ts'

export interface Outgoing {
  readonly envelope: Envelope & { readonly messageId: string }
  readonly body: Buffer
}

/** Sends messages, and waits until the broker has taken them over. */
export class Publisher {
  readonly #lasting: LastingChannel
  /** `messageId` of what had to reach a queue, and found none. */
  readonly #returned = new Set<string>()

  constructor(link: Link, prepare: (channel: Channel) => Promise<unknown>) {
    this.#lasting = new LastingChannel(link, async (channel) => {
      channel.on('basic.return', ({ messageId = '' }: ReturnedMessage) => {
        this.#returned.add(messageId)
      })
      await prepare(channel)
      await channel.confirmSelect()
    })
  }

  /** For what has to be declared where it is sent. */
  channel(): Promise<Channel> {
    return this.#lasting.get()
  }

  /**
   * In this order; resolves when the broker has all of them safe. Returns those that were to reach
   * a queue (`mandatory`) and found none. Rejects with DispatchError (`dispatch_unavailable`); any
   * number of them may have arrived then.
   */
  async send<Message extends Outgoing>(messages: readonly Message[]): Promise<readonly Message[]> {
    const channel = await this.channel()
    const confirmed = messages.map(({ envelope, body }) =>
      channel.basicPublish({ ...envelope, durable: true }, body),
    )
    try {
      await withinPatience(Promise.all(confirmed))
    } catch (cause) {
      throw unavailable(cause)
    }
    // The driver tells of what came back one turn later than of its confirmation.
    await new Promise(setImmediate)
    return messages.filter(({ envelope }) => this.#returned.delete(envelope.messageId))
  }
}
