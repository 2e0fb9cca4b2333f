import type { Queue } from 'bullmq'
import { DispatchError } from '../../core/errors.ts'
import type { DispatchMessage } from '../../ports/dispatch.ts'
import { type Connections, isUp } from './connection.ts'
import type { Driver } from './driver.ts'
import { type NewJob, toJob, toQueueName } from './message.ts'
import type { Settings } from './options.ts'

/** So many messages travel at once: the next ones wait for Redis to have taken these. */
const BULK = 1_000
const LONGEST_MS = 10_000

/** The queues as those who publish into them and look at them have them. */
export class Queues {
  readonly #driver: Driver
  readonly #connections: Connections
  readonly #settings: Settings
  readonly #queues = new Map<string, Queue>()

  constructor(driver: Driver, connections: Connections, settings: Settings) {
    this.#driver = driver
    this.#connections = connections
    this.#settings = settings
  }

  async add(messages: readonly DispatchMessage[]): Promise<void> {
    const byQueue = Map.groupBy(messages, ({ queue }) => queue)
    await Promise.all([...byQueue].map(([queue, own]) => this.#addTo(queue, own.map(toJob))))
  }

  depth(queue: string): Promise<number> {
    return this.#reach(() => this.#toQueue(queue).getJobCountByTypes('waiting', 'prioritized'))
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()))
  }

  async #addTo(queue: string, jobs: readonly NewJob[]): Promise<void> {
    for (let from = 0; from < jobs.length; from += BULK) {
      await this.#reach(() => this.#toQueue(queue).addBulk(jobs.slice(from, from + BULK)))
    }
  }

  /** An answer of Redis, or an error that says that there is none. */
  async #reach<T>(call: () => Promise<T>): Promise<T> {
    if (!isUp(this.#connections.publishing)) throw unavailable(new Error('the connection is lost'))
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(new Error('no answer')), LONGEST_MS)
    try {
      return await Promise.race([call(), late.promise])
    } catch (cause) {
      throw unavailable(cause)
    } finally {
      clearTimeout(timer)
    }
  }

  #toQueue(name: string): Queue {
    const known = this.#queues.get(name)
    if (known) return known
    const queue = new this.#driver.bullmq.Queue(toQueueName(name), {
      connection: this.#connections.publishing,
      prefix: this.#settings.prefix,
      // `connect` has looked at the server already.
      skipVersionCheck: true,
    })
    // What its connection suffers is told by `onConnection`, and every call that fails rejects.
    queue.on('error', () => undefined)
    this.#queues.set(name, queue)
    return queue
  }
}

function unavailable(cause: unknown): DispatchError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new DispatchError('unavailable', `Redis is out of reach: ${reason}`, { cause })
}
