import type { AsyncMessage, Channel } from 'rabbitmq-client'
import { DispatchError } from '../../core/errors.ts'
import type { ForeignHandler, SubmissionSource } from '../../ports/intake.ts'
import { type Link, openError, openLink, withinPatience } from './connection.ts'
import { toPrefetch, toWarn } from './options.ts'
import { Reader } from './reader.ts'

export interface RabbitmqIntakeOptions {
  /** Default: `setpoint.submissions`. It is made as a durable quorum queue, unless it is there. */
  readonly queue?: string | undefined
  /** The most messages in hand at once; an integer from 1 to 65535. Default: 32. */
  readonly prefetch?: number | undefined
  /** Milliseconds before a message is tried again that could not be taken over. Default: 1000. */
  readonly retryAfter?: number | undefined
  /** What goes wrong while nobody waits for an answer. Default: a warning of the process. */
  readonly onWarning?: ((message: string) => void) | undefined
}

/**
 * Takes the submissions of other programs from a queue of RabbitMQ (3.10 or later).
 * @throws {InputError} for options that cannot be used.
 */
export function rabbitmqIntake(url: string, options: RabbitmqIntakeOptions = {}): SubmissionSource {
  return new RabbitmqIntake(url, options)
}

class RabbitmqIntake implements SubmissionSource {
  readonly name = 'rabbitmq'
  readonly #url: string
  readonly #queue: string
  readonly #prefetch: number
  readonly #retryAfter: number
  readonly #warn: (message: string) => void
  readonly #listeners = new Set<(isUp: boolean) => void>()
  #link: Link | undefined
  #reader: Reader | undefined

  constructor(url: string, options: RabbitmqIntakeOptions) {
    this.#url = url
    this.#queue = options.queue ?? 'setpoint.submissions'
    this.#prefetch = toPrefetch(options.prefetch)
    this.#retryAfter = options.retryAfter ?? 1_000
    this.#warn = toWarn(options.onWarning)
  }

  async open(): Promise<void> {
    if (this.#link) return
    const link = await openLink({
      url: this.#url,
      name: 'setpoint: takes submissions',
      warn: this.#warn,
      onChange: (isUp) => {
        for (const listener of this.#listeners) listener(isUp)
        if (isUp) this.#reader?.resume()
      },
    })
    try {
      await declareIntake(link, this.#queue)
    } catch (cause) {
      await link.close()
      throw openError(this.#url, cause)
    }
    this.#link = link
  }

  async close(): Promise<void> {
    const [link, reader] = [this.#link, this.#reader]
    this.#link = undefined
    this.#reader = undefined
    await reader?.close()
    await link?.close()
  }

  async receive(handler: ForeignHandler): Promise<void> {
    const link = this.#link
    if (!link) throw new DispatchError('closed', 'the source is not open: call open() first')
    if (this.#reader) throw new DispatchError('closed', 'the source has a handler already')
    this.#reader = new Reader({
      link,
      prefetch: this.#prefetch,
      retryAfter: this.#retryAfter,
      prepare: async () => {
        await declareIntake(link, this.#queue)
        return this.#queue
      },
      // No two of them have anything to do with each other.
      keyOf: ({ deliveryTag }) => String(deliveryTag),
      handle: ({ messageId, redelivered, ...message }) =>
        handler({ body: toText(message), messageId, redelivered }),
      rejected: (reason) => this.#warn(`a submission is not taken over yet: ${reason}`),
      failed: (reason) => this.#warn(`submissions are not read: ${reason}`),
    })
    await this.#reader.start()
  }

  onConnection(listener: (isUp: boolean) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

/** A queue that a producer has made is taken as it is, whatever its settings are. */
async function declareIntake(link: Link, queue: string): Promise<void> {
  if (await isThere(link, queue)) return
  const channel = await link.acquire()
  await withinPatience(
    channel.queueDeclare({
      queue,
      durable: true,
      // What comes back is what nobody could take over yet; none of it may be dropped for that.
      arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000 },
    }),
  )
  await withinPatience(channel.close())
}

async function isThere(link: Link, queue: string): Promise<boolean> {
  const channel: Channel = await link.acquire()
  try {
    await channel.queueDeclare({ queue, passive: true })
    await withinPatience(channel.close())
    return true
  } catch (error) {
    // The broker has ended the channel with that.
    if (error instanceof Error && 'code' in error && error.code === 'NOT_FOUND') return false
    throw error
  }
}

/** The driver has read JSON that says that it is JSON; what it could not read is left as bytes. */
function toText({ body, contentType, contentEncoding }: Partial<AsyncMessage>): string {
  if (Buffer.isBuffer(body)) return body.toString()
  const isRead = contentType === 'application/json' && !contentEncoding
  return isRead || typeof body !== 'string' ? JSON.stringify(body) : body
}
