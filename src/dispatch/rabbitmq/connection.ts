import type { Connection, Channel as DriverChannel } from 'rabbitmq-client'
import { DispatchError } from '../../core/errors.ts'
import { loadConnection } from './driver.ts'

/** Milliseconds until whoever waits for the broker is told that it does not answer. */
const PATIENCE = 5_000
/** Seconds; the broker gives up on us after two of them, and we on it. */
const HEARTBEAT = 10

/** For our rooms that do not import the driver. */
export type Channel = DriverChannel

/** One connection, which comes back by itself. Its channels do not: they end with it. */
export interface Link {
  /** Connected, and the broker takes what is sent. */
  readonly isUp: boolean
  /**
   * A new channel. Rejects with DispatchError (`dispatch_unavailable`) at once while the broker is
   * away, and after a while when it does not answer.
   */
  acquire(): Promise<Channel>
  /** Never rejects, and does not wait for a broker that does not answer. */
  close(): Promise<void>
}

export interface LinkOptions {
  readonly url: string
  /** Shown by the management pages of the broker. */
  readonly name: string
  /** Calls with false when the broker is lost, and with true when it is back. */
  onChange?(isUp: boolean): void
  /** What goes wrong that no call can be told. */
  warn(message: string): void
}

/**
 * Connects, once: a broker that is not there rejects with DispatchError (`dispatch_open`), so that
 * a wrong URL is seen at the start. The driver is loaded here, and not before.
 */
export async function openLink(options: LinkOptions): Promise<Link> {
  const Connection = await loadConnection()
  let connection: Connection
  try {
    connection = new Connection({
      ...withHeartbeat(options.url),
      connectionName: options.name,
      acquireTimeout: PATIENCE,
      connectionTimeout: PATIENCE,
      retryLow: 200,
      retryHigh: 2_000,
      // Without it an acknowledgement that is followed by a request waits for 40 ms.
      noDelay: true,
      frameMax: 131_072,
    })
  } catch (cause) {
    throw openError(options.url, cause)
  }
  try {
    await connected(connection)
  } catch (cause) {
    connection.unsafeDestroy()
    throw openError(options.url, cause)
  }
  return new RabbitLink(connection, options)
}

class RabbitLink implements Link {
  readonly #connection: Connection
  readonly #options: LinkOptions
  #isUp = true
  #isClosed = false

  constructor(connection: Connection, options: LinkOptions) {
    this.#connection = connection
    this.#options = options
    connection.on('connection', () => this.#turn(true))
    connection.on('connection.blocked', (reason) => {
      options.warn(`RabbitMQ takes nothing at present: ${reason}`)
      this.#turn(false)
    })
    connection.on('connection.unblocked', () => this.#turn(true))
    // Told of each loss, and of errors of channels that nobody waits for; those who do are rejected.
    connection.on('error', (error: Error) => {
      if (connection.ready) options.warn(`RabbitMQ: ${error.message}`)
      else this.#turn(false)
    })
  }

  get isUp(): boolean {
    return this.#isUp && !this.#isClosed
  }

  async acquire(): Promise<Channel> {
    if (!this.isUp) throw unavailable()
    const acquired = this.#connection.acquire({ emitErrorsFromChannel: true }).then((channel) => {
      // Either the broker has ended it, or the connection has ended, which is told in other ways.
      channel.on('error', (error: Error) => {
        if (error.name === 'AMQPChannelError') this.#options.warn(`RabbitMQ: ${error.message}`)
      })
      return channel
    })
    return withinPatience(acquired)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    // Whatever is open on it ends here, as it does when a process dies: the broker has seen to it
    // that nothing is lost by that. An orderly end would wait for a broker that does not answer.
    this.#connection.unsafeDestroy()
  }

  #turn(isUp: boolean): void {
    if (isUp === this.#isUp || this.#isClosed) return
    this.#isUp = isUp
    this.#options.onChange?.(isUp)
  }
}

/** Resolves when the first attempt has succeeded; rejects with its reason when it fails. */
function connected(connection: Connection): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.on('error', reject)
    connection.on('connection', () => resolve())
  })
}

/** What the broker does not answer in time counts as unavailable; what it refuses does too. */
export async function withinPatience<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${PATIENCE / 1000} s`)), PATIENCE)
  })
  try {
    return await Promise.race([answer, late])
  } catch (cause) {
    throw cause instanceof DispatchError ? cause : unavailable(cause)
  } finally {
    clearTimeout(timer)
  }
}

export function unavailable(cause?: unknown): DispatchError {
  const reason = cause === undefined ? '' : ` (${reasonOf(cause)})`
  return new DispatchError('unavailable', `RabbitMQ is out of reach${reason}`, { cause })
}

export function openError(url: string, cause: unknown): DispatchError {
  const message = `RabbitMQ at ${withoutPassword(url)} cannot be used (${reasonOf(cause)}): start it, or correct the URL`
  return new DispatchError('open', message, { cause })
}

export function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('; ')
  return cause instanceof Error ? cause.message || String(cause) : String(cause)
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//')
}

/** Unless the URL says otherwise. */
function withHeartbeat(url: string): { url: string; heartbeat?: number } {
  return /[?&]heartbeat=/.test(url) ? { url } : { url, heartbeat: HEARTBEAT }
}
