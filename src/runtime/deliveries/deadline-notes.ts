import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { LeaseRef, Renewal } from '../../ports/store-messages.ts'
import type { Delivery } from './delivery.ts'

export interface DeadlineNoteServices {
  readonly store: Store
  readonly clock: Clock
  /** Milliseconds that a lease lasts. */
  readonly lease: number
  renewed(renewal: Renewal, leases: readonly LeaseRef[]): void
  failed(error: unknown): void
}

/** Writes deadlines into records under their leases: those of one turn in one call. */
export class DeadlineNotes {
  readonly #services: DeadlineNoteServices
  #waiting = new Set<Delivery>()

  constructor(services: DeadlineNoteServices) {
    this.#services = services
  }

  add(delivery: Delivery): void {
    if (this.#waiting.size === 0) queueMicrotask(() => void this.#write())
    this.#waiting.add(delivery)
  }

  async #write(): Promise<void> {
    const { store, clock, lease, renewed, failed } = this.#services
    const live = [...this.#waiting].filter(({ outcome }) => outcome === undefined)
    this.#waiting = new Set()
    const refs = live.flatMap(toRef)
    if (refs.length === 0) return
    try {
      renewed(await store.renew(refs, clock.now() + lease), refs)
    } catch (error) {
      // The next heartbeat notes it.
      failed(error)
    }
  }
}

function toRef({ tasklet, phaseDeadline: deadline }: Delivery): readonly LeaseRef[] {
  const { id, lease } = tasklet
  return lease === undefined ? [] : [{ id, token: lease.token, deadline }]
}
