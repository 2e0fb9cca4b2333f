import type { Settlement } from '../../core/tasklet.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { SettleOutcome } from '../../ports/store-messages.ts'
import { wait } from '../wait.ts'
import type { Delivery } from './delivery.ts'

const RETRY_DELAY = 1000

export interface SettlementEffects {
  /** The store has answered. */
  settled(delivery: Delivery, answer: SettleOutcome): void
  /** A batch is on its way to the store, and what its deliveries held is free. */
  flushed(batch: readonly Delivery[]): void
  /** The store failed; the batch is written again after a while. */
  failed(error: unknown): void
}

/**
 * Ends deliveries in batches: what arrives in one turn, or while a batch is being written, goes
 * into the next. An outcome is never dropped; while the store fails the leases are renewed, and if
 * they end all the same, the store refuses the settlement by its token.
 */
export class Settlements {
  readonly #store: Store
  readonly #clock: Clock
  readonly #effects: SettlementEffects
  #writes: (batch: readonly Delivery[]) => void = () => {}
  #waiting: Delivery[] = []
  #writing = false
  #closed = false

  constructor(store: Store, clock: Clock, effects: SettlementEffects) {
    this.#store = store
    this.#clock = clock
    this.#effects = effects
  }

  /** Calls for each batch once, as soon as the store was asked to write it. */
  onWrite(listener: (batch: readonly Delivery[]) => void): void {
    this.#writes = listener
  }

  /** Writes the outcome of the delivery down. */
  add(delivery: Delivery): void {
    if (this.#closed) return
    this.#waiting.push(delivery)
    if (this.#writing) return
    this.#writing = true
    queueMicrotask(() => void this.#drain())
  }

  /** Gives up what cannot be written any more: the leases end, and the tasklets run again. */
  close(): void {
    this.#closed = true
    this.#waiting = []
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      const now = this.#clock.now()
      const writing = this.#persist(batch.map((delivery) => toSettlement(delivery, now)))
      // Before the answer: a claim that is asked for in the same turn is committed together with it.
      this.#writes(batch)
      this.#effects.flushed(batch)
      const answers = await writing
      for (const [index, answer] of answers.entries()) {
        this.#effects.settled(batch[index] as Delivery, answer)
      }
    }
    this.#writing = false
  }

  async #persist(settlements: readonly Settlement[]): Promise<readonly SettleOutcome[]> {
    while (!this.#closed) {
      try {
        return await this.#store.settle(settlements)
      } catch (error) {
        this.#effects.failed(error)
        await wait(this.#clock, RETRY_DELAY)
      }
    }
    return []
  }
}

function toSettlement(delivery: Delivery, at: number): Settlement {
  const { tasklet, outcome, trail, actualDuration } = delivery
  if (outcome === undefined || tasklet.lease === undefined) {
    throw new TypeError(`tasklet ${tasklet.id} cannot be settled: it has no outcome or no lease`)
  }
  return {
    id: tasklet.id,
    token: tasklet.lease.token,
    status: outcome.status,
    at,
    attempts: outcome.attempts,
    output: outcome.output,
    error: outcome.error,
    trail,
    notBefore: outcome.notBefore,
    actualDuration,
    interrupted: outcome.interrupted,
  }
}
