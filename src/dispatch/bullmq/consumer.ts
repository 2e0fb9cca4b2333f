import type { Job, Worker } from 'bullmq'
import type { ConsumeOptions, DispatchConsumer } from '../../ports/dispatch.ts'
import { type Connections, isUp } from './connection.ts'
import type { Driver } from './driver.ts'
import { toFault } from './faults.ts'
import { InHand, type Outcome } from './in-hand.ts'
import { type JobData, toQueueName } from './message.ts'
import type { Settings } from './options.ts'

/** How long a slot that gave something back leaves it to others before it fetches again. */
const REST_MS = 100
const CLOSE_MS = 5_000

/**
 * A BullMQ worker whose jobs end when the delivery is settled: resolved is acknowledged. Nothing
 * ever fails in the sense of BullMQ; what is not settled stalls, and comes again.
 */
export class BullmqConsumer implements DispatchConsumer {
  readonly #driver: Driver
  readonly #connections: Connections
  readonly #options: ConsumeOptions
  readonly #warn: (message: string) => void
  readonly #worker: Worker<JobData>
  readonly #inHand: InHand
  readonly #closing = Promise.withResolvers<void>()
  #isClosing = false
  #closed: Promise<void> | undefined

  constructor(
    driver: Driver,
    connections: Connections,
    settings: Settings,
    options: ConsumeOptions,
  ) {
    this.#driver = driver
    this.#connections = connections
    this.#options = options
    this.#warn = settings.warn
    this.#inHand = new InHand(() => isUp(connections.consuming))
    const process = (job: Job, token?: string): Promise<void> => this.#process(job, token)
    this.#worker = new driver.bullmq.Worker(toQueueName(options.queue), process, {
      connection: connections.consuming,
      prefix: settings.prefix,
      concurrency: options.capacity,
      lockDuration: settings.lockDuration,
      stalledInterval: settings.lockDuration / 2,
      // The store counts deliveries and ends what kills its workers.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      runRetryDelay: 1_000,
      // `connect` has looked at the server already.
      skipVersionCheck: true,
    })
    this.#worker.on('completed', (job) => this.#inHand.end(job))
    this.#worker.on('error', (error) => this.#failed(error))
    this.#worker.on('ioredis:close', () => this.#inHand.letGo())
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#isClosing = true
    this.#closing.resolve()
    this.#inHand.giveBackAll()
    const canEnd = isUp(this.#connections.consuming)
    const ended = this.#worker.close(!canEnd)
    ended.catch((error: Error) => this.#failed(error))
    // Without Redis nothing can be given back; it comes again when its lock has ended.
    if (canEnd) await Promise.race([ended, this.#connections.lost(), after(CLOSE_MS)])
    this.#inHand.letGo()
  }

  async #process(job: Job<JobData>, token: string | undefined): Promise<void> {
    let outcome: Outcome = 'nack'
    try {
      outcome = await this.#handOut(job)
    } catch (error) {
      // To BullMQ it would have failed, and be gone.
      this.#failed(error)
    }
    if (outcome === 'nack') await this.#giveBack(job, token)
  }

  #handOut(job: Job<JobData>): Promise<Outcome> {
    // It was on its way when the consumer closed.
    if (this.#isClosing) return Promise.resolve('nack')
    const { delivery, outcome } = this.#inHand.take(job)
    this.#options.onDelivery(delivery)
    return outcome
  }

  /** Throws in the end, which is how BullMQ is told that the job has moved on. */
  async #giveBack(job: Job, token: string | undefined): Promise<never> {
    try {
      await job.moveToWait(token)
      // BullMQ wakes nobody for a job with a priority that comes back.
      await this.#connections.consuming.zadd(this.#worker.toKey('marker'), 0, '0')
    } catch (error) {
      // It stays locked until its lock ends, and comes again then.
      this.#failed(error)
    }
    this.#inHand.end(job)
    if (!this.#isClosing) await Promise.race([after(REST_MS), this.#closing.promise])
    throw new this.#driver.bullmq.WaitingError()
  }

  #failed(error: unknown): void {
    this.#inHand.letGo()
    // While Redis is away everything fails, and `onConnection` has told it.
    if (!isUp(this.#connections.consuming)) return
    const fault = toFault(error)
    if (fault !== undefined) this.#warn(`BullMQ, queue "${this.#options.queue}": ${fault}`)
  }
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref())
}
