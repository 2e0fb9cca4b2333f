import type { Duration } from '../../core/duration.ts'
import { InputError } from '../../core/errors.ts'
import type { Settlement, Tasklet } from '../../core/tasklet.ts'
import type { Task } from '../../plan/model.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import { Delivery, type Outcome } from '../deliveries/delivery.ts'
import { completed, type OutcomeRules, threw } from '../deliveries/outcomes.ts'
import { toDuration } from '../options/option-values.ts'
import { type Changes, tell } from './changes.ts'
import { LeaseLostError } from './lease-lost.ts'

export interface PulledItemServices extends Changes {
  readonly store: Store
  readonly clock: Clock
  readonly rules: OutcomeRules
  expect(at: number): void
  /** A delivery of this record, as it was leased, has ended. */
  ended(tasklet: Tasklet): void
}

export interface NackOptions {
  /** How long to wait before the next attempt, instead of the task's own backoff. */
  readonly retryAfter?: Duration
}

export interface Extension {
  /** The new end of the lease; milliseconds since the epoch. */
  readonly until: number
  /** Why somebody asked the work to stop, if anybody did. */
  readonly cancelRequested: string | undefined
}

/**
 * A tasklet that a consumer has leased. It has to be settled or extended before the lease ends;
 * afterwards every call rejects with LeaseLostError and changes nothing.
 */
export class PulledItem {
  /** The record as it was leased. */
  readonly tasklet: Tasklet
  /** Fencing token: with the id it names the lease. */
  readonly token: number
  readonly #task: Task | undefined
  readonly #services: PulledItemServices

  constructor(tasklet: Tasklet, task: Task | undefined, services: PulledItemServices) {
    if (tasklet.lease === undefined) throw new TypeError(`tasklet ${tasklet.id} is not leased`)
    this.tasklet = tasklet
    this.token = tasklet.lease.token
    this.#task = task
    this.#services = services
  }

  /**
   * The work is done; returns the record as it is now.
   * @throws {InputError} when the task's schema or the store refuses the output; the lease stands.
   */
  async ack(output?: unknown): Promise<Tasklet> {
    const schema = this.#task?.output
    const parsed = schema?.safeParse(output)
    if (parsed?.success === false) {
      const { id } = this.tasklet
      throw new InputError(`the output of tasklet ${id} is not valid: ${parsed.error.message}`)
    }
    return this.#settle(completed(this.#delivery(), parsed === undefined ? output : parsed.data))
  }

  /**
   * The work failed. Spends an attempt, then waits for the next one or ends in the dead letters, as
   * the task's policy says; a FatalError ends it, a RetryLater spends nothing. Returns the record as
   * it is now.
   */
  async nack(error: unknown, options: NackOptions = {}): Promise<Tasklet> {
    const { rules } = this.#services
    const { retryAfter } = options
    const delay = retryAfter === undefined ? undefined : toDuration('retryAfter', retryAfter)
    const outcome = threw(rules, this.#delivery(), error)
    const isDelayed = delay !== undefined && outcome.status === 'retrying'
    return this.#settle(isDelayed ? { ...outcome, notBefore: rules.now() + delay } : outcome)
  }

  /** Moves the end of the lease to this long from now. */
  async extend(lease: Duration): Promise<Extension> {
    const { store, clock, expect } = this.#services
    const { id } = this.tasklet
    const until = clock.now() + toDuration('lease', lease)
    const { lost, cancelled } = await store.renew([{ id, token: this.token }], until)
    if (lost.length > 0) throw new LeaseLostError(id, (await store.get(id))?.lease?.owner)
    expect(until)
    return { until, cancelRequested: cancelled[0]?.reason }
  }

  /** Puts it back, with nothing said about the work. */
  async giveBack(): Promise<void> {
    await this.#settle({ status: 'pending', attempts: this.tasklet.attempts })
  }

  #delivery(): Delivery {
    return new Delivery(this.tasklet, this.#task)
  }

  async #settle(outcome: Outcome): Promise<Tasklet> {
    const { store } = this.#services
    const [answer] = await store.settle([this.#toSettlement(outcome)])
    if (answer?.accepted) {
      tell(this.#services, [answer.tasklet, ...answer.changed])
      // Its group, or its task, may have room again.
      this.#services.ready(this.tasklet.queue)
      this.#services.ended(this.tasklet)
      return answer.tasklet
    }
    throw answer?.error ?? new LeaseLostError(this.tasklet.id, answer?.holder)
  }

  #toSettlement({ status, attempts, output, error, notBefore }: Outcome): Settlement {
    const at = this.#services.clock.now()
    const { id, startedAt } = this.tasklet
    return {
      id,
      token: this.token,
      status,
      at,
      attempts,
      output,
      error,
      trail: undefined,
      notBefore,
      actualDuration: startedAt === undefined ? undefined : at - startedAt,
    }
  }
}
