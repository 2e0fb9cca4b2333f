import type { Tasklet } from '../../core/tasklet.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { CancelOutcome } from '../../ports/store-messages.ts'
import type { Deliveries } from './deliveries.ts'

export interface CancellationServices {
  readonly store: Store
  readonly clock: Clock
  readonly owner: string
  readonly deliveries: Deliveries
  /** The statuses of these records have changed. */
  changed(tasklets: readonly Tasklet[]): void
}

/** Takes wishes to cancel: to the store first, then to the work if it runs in this process. */
export class Cancellations {
  readonly #services: CancellationServices

  constructor(services: CancellationServices) {
    this.#services = services
  }

  async cancel(id: string, message: string): Promise<CancelOutcome> {
    const { store, clock } = this.#services
    const error = { kind: 'cancelled', message } as const
    const cancellation = await store.cancel(id, error, clock.now())
    this.#services.changed(cancellation.changed)
    if (cancellation.outcome === 'requested') await this.#stop(id, message)
    return cancellation.outcome
  }

  async #stop(id: string, message: string): Promise<void> {
    const { store, owner, deliveries } = this.#services
    const reason = { kind: 'cancelled', message } as const
    if (deliveries.stop(id, reason)) return
    // Claimed by this process and not handed out yet: its actor is told as soon as it exists.
    const tasklet = await store.get(id)
    if (tasklet?.lease?.owner === owner) deliveries.stopWhenAdopted(id, reason)
  }
}
