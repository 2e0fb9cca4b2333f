import type { Channel } from 'rabbitmq-client'
import { type Link, withinPatience } from './connection.ts'

/** A channel that is made when somebody wants it, and made again after it has ended. */
export class LastingChannel {
  readonly #link: Link
  readonly #prepare: (channel: Channel) => Promise<unknown>
  #channel: Channel | undefined
  #opening: Promise<Channel> | undefined

  constructor(link: Link, prepare: (channel: Channel) => Promise<unknown>) {
    this.#link = link
    this.#prepare = prepare
  }

  /** Rejects with DispatchError (`dispatch_unavailable`) while there is none to be had. */
  async get(): Promise<Channel> {
    if (this.#channel?.active) return this.#channel
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  async #open(): Promise<Channel> {
    const channel = await this.#link.acquire()
    await withinPatience(this.#prepare(channel))
    this.#channel = channel
    return channel
  }
}
