import type { Hold } from '../../ports/holds.ts'

/**
 * What is held in the store and not granted here, as far as this process has heard. What it says is
 * always a little old, so it only keeps back: whoever is granted something asks the store.
 */
export class ForeignHolds {
  /** Of other processes, by tasklet. */
  #others: ReadonlyMap<string, Hold> = new Map()
  /** Of this process, that the store still knew otherwise than it is here; by tasklet. */
  readonly #own = new Map<string, Hold>()
  #byPool = new Map<string, Hold[]>()
  #byPlan = new Map<string, Hold[]>()
  #units = new Map<string, number>()

  /** Whether any of another process is known. */
  get hasOthers(): boolean {
    return this.#others.size > 0
  }

  /** When the first lease of another process ends, if it is not renewed; undefined: there is none. */
  get firstEnd(): number | undefined {
    if (this.#others.size === 0) return undefined
    return Math.min(...[...this.#others.values()].map(({ until }) => until))
  }

  units(pool: string): number {
    return this.#units.get(pool) ?? 0
  }

  inPool(pool: string): readonly Hold[] {
    return this.#byPool.get(pool) ?? NONE
  }

  /** Who relies on the world of the plan, or changes it. */
  ofWorld(plan: string): readonly Hold[] {
    return this.#byPlan.get(plan) ?? NONE
  }

  /** The plans whose worlds are held. */
  get plans(): readonly string[] {
    return [...this.#byPlan.keys()]
  }

  /** These are all that other processes hold now; false: that is nothing new, but for times. */
  replace(holds: readonly Hold[]): boolean {
    const before = this.#others
    this.#others = new Map(holds.map((hold) => [hold.id, hold]))
    this.#index()
    return !isSame(before, this.#others)
  }

  /** These of other processes were in the way. */
  add(holds: readonly Hold[]): void {
    if (holds.length === 0) return
    this.#others = new Map([...this.#others, ...holds.map((hold) => [hold.id, hold] as const)])
    this.#index()
  }

  /** This one of our own was in the way in the store, although it is not here, until it changes. */
  block(hold: Hold): void {
    this.#own.set(hold.id, hold)
    this.#index()
  }

  /** False when it was not in the way. */
  unblock(id: string): boolean {
    if (!this.#own.delete(id)) return false
    this.#index()
    return true
  }

  #index(): void {
    this.#byPool = new Map()
    this.#byPlan = new Map()
    this.#units = new Map()
    for (const hold of [...this.#others.values(), ...this.#own.values()]) {
      for (const { pool, units } of hold.units) {
        push(this.#byPool, pool, hold)
        this.#units.set(pool, this.units(pool) + units)
      }
      if (hold.world !== undefined) push(this.#byPlan, hold.world.plan, hold)
    }
  }
}

const NONE: readonly Hold[] = []

function push(lists: Map<string, Hold[]>, key: string, hold: Hold): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [hold])
  else list.push(hold)
}

function isSame(one: ReadonlyMap<string, Hold>, other: ReadonlyMap<string, Hold>): boolean {
  if (one.size !== other.size) return false
  return [...one].every(([id, hold]) => describe(hold) === describe(other.get(id)))
}

/** Everything but the end of the lease, which moves on as long as its holder lives. */
function describe(hold: Hold | undefined): string {
  return JSON.stringify(hold && [hold.token, hold.owner, hold.units, hold.world])
}
