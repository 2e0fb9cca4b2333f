import type { Store } from '../../ports/store.ts'
import type { Fact } from '../../ports/store-messages.ts'

interface Holding {
  readonly owner: string
  /** Milliseconds since the epoch. */
  readonly until: number
}

export interface FactLeaseOptions {
  readonly store: Pick<Store, 'fact' | 'writeFact'>
  /** Names the right; who gives the same key competes for it. */
  readonly key: string
  readonly owner: string
  /** Milliseconds that it lasts without being asked for. */
  readonly duration: number
}

const KIND = 'dispatch'
/** Milliseconds for which it is not asked again what somebody else has. */
const REFUSAL = 2000

/**
 * A right that one process at a time has, kept as a fact. Who asks for it often enough keeps it;
 * when its holder dies, it is free again at its end.
 */
export class FactLease {
  readonly #options: FactLeaseOptions
  #until = Number.NEGATIVE_INFINITY
  #refusedUntil = Number.NEGATIVE_INFINITY

  constructor(options: FactLeaseOptions) {
    this.#options = options
  }

  /** Whether it is ours for at least half of its duration from now on. */
  async hold(now: number): Promise<boolean> {
    const { store, key, owner, duration } = this.#options
    if (this.#until - now >= duration / 2) return true
    if (now < this.#refusedUntil) return false
    const found = await store.fact(KIND, key)
    const holding = toHolding(found)
    if (holding !== undefined && holding.owner !== owner && holding.until > now) {
      return this.#refused(Math.min(holding.until, now + REFUSAL))
    }
    const until = now + duration
    const value: Holding = { owner, until }
    const version = found?.version ?? 0
    const { written } = await store.writeFact({ kind: KIND, key, value, version })
    if (!written) return this.#refused(now + REFUSAL)
    this.#until = until
    return true
  }

  /** Somebody else may have it at once. */
  async release(): Promise<void> {
    const { store, key, owner } = this.#options
    if (this.#until === Number.NEGATIVE_INFINITY) return
    this.#until = Number.NEGATIVE_INFINITY
    const found = await store.fact(KIND, key)
    if (toHolding(found)?.owner !== owner) return
    await store.writeFact({ kind: KIND, key, value: undefined, version: found?.version ?? 0 })
  }

  #refused(until: number): false {
    this.#until = Number.NEGATIVE_INFINITY
    this.#refusedUntil = until
    return false
  }
}

/** A value that is none of ours counts as nobody's. */
function toHolding(fact: Fact | undefined): Holding | undefined {
  const value = fact?.value
  if (typeof value !== 'object' || value === null) return undefined
  const { owner, until } = value as Partial<Record<keyof Holding, unknown>>
  return typeof owner === 'string' && typeof until === 'number' ? { owner, until } : undefined
}
