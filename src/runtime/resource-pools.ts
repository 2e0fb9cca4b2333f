import type { Delivery } from './delivery.ts'

/** Units of one resource: a plan's own, or one that all plans of the runtime share. */
export interface Pool {
  readonly key: string
  readonly capacity: number
}

/** So many units of a pool, and the name under which the plan knows it. */
export interface PoolNeed {
  readonly resource: string
  readonly pool: Pool
  readonly units: number
}

/** A need that cannot be met now, and who is in the way. */
export interface Shortage extends PoolNeed {
  readonly free: number
  readonly holders: readonly Delivery[]
}

/** Who holds how many units of what. */
export class ResourcePools {
  /** INVARIANT: by pool, the sum of what `#held` says. */
  readonly #inUse = new Map<string, number>()
  readonly #held = new Map<Delivery, readonly PoolNeed[]>()

  /** How often the needs could be met, one beside the other; Infinity when there are none. */
  times(needs: readonly PoolNeed[]): number {
    let most = Number.POSITIVE_INFINITY
    for (const need of needs) most = Math.min(most, Math.floor(this.#free(need) / need.units))
    return most
  }

  short(needs: readonly PoolNeed[]): readonly Shortage[] {
    return needs.flatMap((need) => {
      const free = this.#free(need)
      return need.units <= free ? [] : [{ ...need, free, holders: this.#holdersOf(need) }]
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
    if (this.giveBack(delivery)) this.take(delivery, needs)
  }

  #free({ pool }: PoolNeed): number {
    return pool.capacity - (this.#inUse.get(pool.key) ?? 0)
  }

  #holdersOf({ pool }: PoolNeed): readonly Delivery[] {
    const holders = [...this.#held].filter(([, held]) =>
      held.some((need) => need.pool.key === pool.key),
    )
    return holders.map(([delivery]) => delivery)
  }

  #count(key: string, change: number): void {
    this.#inUse.set(key, (this.#inUse.get(key) ?? 0) + change)
  }
}
