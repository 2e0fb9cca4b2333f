import type { Job } from 'bullmq'
import type { DispatchDelivery } from '../../ports/dispatch.ts'
import type { JobData } from './message.ts'

export type Outcome = 'ack' | 'nack'

interface Entry {
  /** The first outcome counts. */
  outcome: Outcome | undefined
  readonly decide: (outcome: Outcome) => void
  /** Fulfilled when Redis knows, or will not be told. */
  readonly told: Promise<void>
  readonly tell: () => void
}

export interface Holding {
  readonly delivery: DispatchDelivery
  readonly outcome: Promise<Outcome>
}

/** What one consumer has been given and not yet brought to an end in Redis. */
export class InHand {
  readonly #entries = new Map<Job, Entry>()
  readonly #isUp: () => boolean

  constructor(isUp: () => boolean) {
    this.#isUp = isUp
  }

  take(job: Job<JobData>): Holding {
    const decided = Promise.withResolvers<Outcome>()
    const told = Promise.withResolvers<void>()
    const entry: Entry = {
      outcome: undefined,
      decide: decided.resolve,
      told: told.promise,
      tell: told.resolve,
    }
    this.#entries.set(job, entry)
    const { id, queue, priority, deliveries } = job.data
    const delivery = {
      id,
      queue,
      priority,
      deliveries,
      redelivered: job.attemptsStarted > 1,
      ack: () => this.#settle(entry, 'ack'),
      nack: () => this.#settle(entry, 'nack'),
    }
    return { delivery, outcome: decided.promise }
  }

  giveBackAll(): void {
    for (const entry of this.#entries.values()) void this.#settle(entry, 'nack')
  }

  /** It has come to an end in Redis. */
  end(job: Job): void {
    this.#entries.get(job)?.tell()
    this.#entries.delete(job)
  }

  /** Nobody waits any longer for what was settled; if Redis was not told, it delivers it again. */
  letGo(): void {
    for (const [job, { outcome }] of this.#entries) if (outcome) this.end(job)
  }

  #settle(entry: Entry, outcome: Outcome): Promise<void> {
    entry.outcome ??= outcome
    entry.decide(entry.outcome)
    if (!this.#isUp()) entry.tell()
    return entry.told
  }
}
