import type { AsyncMessage, Channel } from 'rabbitmq-client'
import { type Link, reasonOf, withinPatience } from './connection.ts'
import { Keeper, type Session } from './keeper.ts'

export interface ReaderOptions {
  readonly link: Link
  /** The most messages in hand at once. */
  readonly prefetch: number
  /** Milliseconds before a message whose handler has rejected is tried again; it doubles, up to 30 s. */
  readonly retryAfter: number
  /** Declares what is read from, and returns the name of the queue. */
  prepare(channel: Channel): Promise<string>
  /** Messages with the same key are handled one after the other, in their order. */
  keyOf(message: AsyncMessage): string
  /** The message is acknowledged when this resolves. */
  handle(message: AsyncMessage): Promise<void>
  /** It could not be handled, and is tried again. */
  rejected(reason: string): void
  /** Nothing can be read at present. */
  failed(reason: string): void
}

const LONGEST_PAUSE = 30_000

/**
 * Reads a queue, a message at a time for each key. What a handler rejects is not given back, which
 * would let later ones overtake it, but tried again here: the broker has it until it is acknowledged.
 */
export class Reader {
  readonly #options: ReaderOptions
  readonly #keeper: Keeper
  /** The last piece of work of each key, so that the next one waits for it: also over connections. */
  readonly #chains = new Map<string, Promise<void>>()

  constructor(options: ReaderOptions) {
    this.#options = options
    this.#keeper = new Keeper(
      options.link,
      () => this.#openSession(),
      (reason) => options.failed(reason),
    )
  }

  /** Resolves when it reads, or when there is nothing to read from at present. */
  start(): Promise<void> {
    return this.#keeper.start()
  }

  resume(): void {
    this.#keeper.resume()
  }

  /** Waits for what is in hand; the rest goes back. */
  close(): Promise<void> {
    return this.#keeper.close()
  }

  async #openSession(): Promise<Session> {
    const { link, prefetch, prepare } = this.#options
    const channel = await link.acquire()
    const session = new ReaderSession(channel, (message) => this.#chain(session, message))
    try {
      const queue = await withinPatience(prepare(channel))
      await withinPatience(session.begin(queue, prefetch))
      return session
    } catch (cause) {
      await session.end()
      throw cause
    }
  }

  #chain(session: ReaderSession, message: AsyncMessage): Promise<void> {
    const key = this.#options.keyOf(message)
    const before = this.#chains.get(key) ?? Promise.resolve()
    const work = before.then(() => this.#work(session, message))
    this.#chains.set(key, work)
    return work.finally(() => {
      if (this.#chains.get(key) === work) this.#chains.delete(key)
    })
  }

  /** Until it is handled, or the session ends; then the broker gives it to somebody again. */
  async #work(session: ReaderSession, message: AsyncMessage): Promise<void> {
    let pause = this.#options.retryAfter
    while (!session.isEnding) {
      try {
        await this.#options.handle(message)
        return session.acknowledge(message)
      } catch (cause) {
        this.#options.rejected(reasonOf(cause))
        await session.pause(pause)
        pause = Math.min(pause * 2, LONGEST_PAUSE)
      }
    }
  }
}

/** What was read over one channel. */
class ReaderSession implements Session {
  readonly #channel: Channel
  readonly #take: (message: AsyncMessage) => Promise<void>
  readonly #inHand = new Set<Promise<void>>()
  readonly #ending = Promise.withResolvers<void>()
  isEnding = false

  constructor(channel: Channel, take: (message: AsyncMessage) => Promise<void>) {
    this.#channel = channel
    this.#take = take
    channel.on('close', () => this.#stop())
    // The queue was deleted: a new session makes it again.
    channel.on('basic.cancel', () => this.#stop())
  }

  async begin(queue: string, prefetchCount: number): Promise<void> {
    await this.#channel.basicQos({ prefetchCount })
    await this.#channel.basicConsume({ queue }, (message) => {
      if (this.isEnding) return
      const work = this.#take(message).finally(() => this.#inHand.delete(work))
      this.#inHand.add(work)
    })
  }

  run(): Promise<void> {
    return this.#ending.promise
  }

  /** Never rejects: what cannot be acknowledged is delivered again. */
  acknowledge({ deliveryTag }: AsyncMessage): void {
    if (this.#channel.active) this.#channel.basicAck({ deliveryTag })
  }

  /** Ends early when the session does. */
  async pause(milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds)
    })
    await Promise.race([over, this.#ending.promise])
    clearTimeout(timer)
  }

  /**
   * The channel ends after the work, so that the broker hears of what was done before it gives the
   * rest to others. When it has ended already, nobody needs to wait: what is in hand comes again.
   */
  async end(): Promise<void> {
    this.#stop()
    if (!this.#channel.active) return
    await Promise.all(this.#inHand)
    await withinPatience(this.#channel.close()).catch(() => undefined)
  }

  #stop(): void {
    this.isEnding = true
    this.#ending.resolve()
  }
}
