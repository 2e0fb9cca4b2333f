import type { Delivery } from '../deliveries/delivery.ts'
import type { Blocker } from './blockers.ts'
import { ForeignHolds } from './foreign-holds.ts'

/** Units of one resource: a plan's own, or one that all plans of the runtime share. */
export interface Pool {
  readonly key: string
  readonly capacity: number
}

/** What the units stand for: a declared resource, or a rule of the task about who runs beside it. */
export type NeedKind = 'resource' | 'exclusive' | 'max-instances'

/** So many units of a pool, and the name under which the plan knows it. */
export interface PoolNeed {
  readonly kind: NeedKind
  readonly resource: string
  readonly pool: Pool
  readonly units: number
}

/** A need that cannot be met now, and who is in the way. */
export interface Shortage extends PoolNeed {
  readonly free: number
  readonly holders: readonly Blocker[]
  /** For whom units are kept, if they are. */
  readonly reserved: Reservation | undefined
}

/** Units that are kept for a task because it has missed out for long. */
export interface Reservation {
  /** The full name: whichever tasklet of it comes next is served. */
  readonly task: string
  /** The tasklet that has missed out. */
  readonly id: string
  readonly queue: string
  readonly priority: number
  readonly sequence: number
}

/** Who holds how many units of what, here and elsewhere, and for whom some are kept. */
export class ResourcePools {
  readonly #foreign: ForeignHolds
  /** INVARIANT: by pool, the sum of what `#held` says. */
  readonly #inUse = new Map<string, number>()
  readonly #held = new Map<Delivery, readonly PoolNeed[]>()
  /** One for each pool. */
  readonly #reserved = new Map<string, { readonly for: Reservation; readonly units: number }>()

  constructor(foreign = new ForeignHolds()) {
    this.#foreign = foreign
  }

  /** What the holder was given. */
  of(delivery: Delivery): readonly PoolNeed[] {
    return this.#held.get(delivery) ?? NO_NEEDS
  }

  /** How often the task could be given this, one beside the other; Infinity when it needs nothing. */
  times(task: string, needs: readonly PoolNeed[]): number {
    let most = Number.POSITIVE_INFINITY
    for (const need of needs) {
      most = Math.min(most, Math.floor(this.#freeFor(task, need) / need.units))
    }
    return Math.max(0, most)
  }

  short(task: string, needs: readonly PoolNeed[]): readonly Shortage[] {
    return needs.flatMap((need) => {
      if (need.units <= this.#freeFor(task, need)) return []
      const reserved = this.#reservedBy(need.pool.key, task)?.for
      return [
        { ...need, free: Math.max(0, this.#free(need)), holders: this.#holdersOf(need), reserved },
      ]
    })
  }

  take(delivery: Delivery, needs: readonly PoolNeed[]): void {
    if (needs.length === 0) return
    this.#held.set(delivery, needs)
    for (const { pool, units } of needs) this.#count(pool.key, units)
  }

  /** False when there was nothing to give back. */
  giveBack(delivery: Delivery): boolean {
    const needs = this.#held.get(delivery)
    if (needs === undefined) return false
    this.#held.delete(delivery)
    for (const { pool, units } of needs) this.#count(pool.key, -units)
    return true
  }

  /** The holder needs only these any more, which are a part of what it has. */
  reduce(delivery: Delivery, needs: readonly PoolNeed[]): void {
    const left = this.reduced(delivery, needs)
    if (this.giveBack(delivery)) this.take(delivery, left)
  }

  /** What the holder would have left. */
  reduced(delivery: Delivery, needs: readonly PoolNeed[]): readonly PoolNeed[] {
    // What is a pool of its own now may have been one of all plans when the units were taken.
    return this.of(delivery).flatMap((had) => {
      const need = needs.find(
        ({ kind, resource }) => kind === had.kind && resource === had.resource,
      )
      return need === undefined ? [] : [{ ...had, units: Math.min(had.units, need.units) }]
    })
  }

  /** The holder also counts in these pools, however little is free there. */
  addMissing(delivery: Delivery, needs: readonly PoolNeed[]): void {
    const held = this.#held.get(delivery) ?? []
    const keys = new Set(held.map(({ pool }) => pool.key))
    const missing = needs.filter(({ pool }) => !keys.has(pool.key))
    if (missing.length === 0) return
    this.giveBack(delivery)
    this.take(delivery, [...held, ...missing])
  }

  get reservations(): readonly Reservation[] {
    return [...new Set([...this.#reserved.values()].map((reserved) => reserved.for))]
  }

  /** Keeps units of these pools for the task; false when somebody has come before it. */
  reserve(reservation: Reservation, needs: readonly PoolNeed[]): boolean {
    const rivals = needs.flatMap(({ pool }) => this.#reservedBy(pool.key, reservation.task) ?? [])
    if (rivals.some((rival) => !isBefore(reservation, rival.for))) return false
    for (const rival of rivals) this.dropReservation(rival.for.task)
    for (const { pool, units } of needs) this.#reserved.set(pool.key, { for: reservation, units })
    return true
  }

  /** False when the task had none. */
  dropReservation(task: string): boolean {
    if (this.#reserved.size === 0) return false
    const keys = [...this.#reserved].filter(([, reserved]) => reserved.for.task === task)
    for (const [key] of keys) this.#reserved.delete(key)
    return keys.length > 0
  }

  #free({ pool }: PoolNeed): number {
    return pool.capacity - (this.#inUse.get(pool.key) ?? 0) - this.#foreign.units(pool.key)
  }

  #freeFor(task: string, need: PoolNeed): number {
    return this.#free(need) - (this.#reservedBy(need.pool.key, task)?.units ?? 0)
  }

  /** What another task than this one has reserved. */
  #reservedBy(key: string, task: string) {
    const reserved = this.#reserved.get(key)
    return reserved?.for.task === task ? undefined : reserved
  }

  #holdersOf({ pool }: PoolNeed): readonly Blocker[] {
    const holders = [...this.#held].filter(([, held]) =>
      held.some((need) => need.pool.key === pool.key),
    )
    return [...holders.map(([delivery]) => delivery), ...this.#foreign.inPool(pool.key)]
  }

  #count(key: string, change: number): void {
    this.#inUse.set(key, (this.#inUse.get(key) ?? 0) + change)
  }
}

const NO_NEEDS: readonly PoolNeed[] = []

function isBefore(one: Reservation, other: Reservation): boolean {
  if (one.priority !== other.priority) return one.priority < other.priority
  return one.sequence < other.sequence
}
