import { InputError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'

export interface RateOptions {
  /** Requests that one client may make in a second, on average. */
  readonly perSecond: number
  /** How many of them may come at once. */
  readonly burst: number
}

interface Bucket {
  level: number
  at: number
}

/** Clients that are remembered; the one that was seen longest ago is forgotten first. */
const MOST_CLIENTS = 10_000

/** A token bucket for each client. */
export class TokenBuckets {
  readonly #clock: Clock
  readonly #rate: RateOptions
  readonly #buckets = new Map<string, Bucket>()

  /** @throws {InputError} for a rate that lets nobody through. */
  constructor(clock: Clock, rate: RateOptions) {
    if (!(rate.perSecond > 0 && rate.burst >= 1)) {
      throw new InputError('a rate needs perSecond above 0 and a burst of at least 1')
    }
    this.#clock = clock
    this.#rate = rate
  }

  /** Takes one; otherwise milliseconds until there is one again. */
  take(client: string): number | undefined {
    const wait = this.wait(client)
    if (wait !== undefined) return wait
    const bucket = this.#filled(client)
    bucket.level -= 1
    this.#remember(client, bucket)
    return undefined
  }

  /** Milliseconds until there is one again; undefined: there is one. Takes nothing. */
  wait(client: string): number | undefined {
    const { level } = this.#filled(client)
    return level >= 1 ? undefined : Math.ceil(((1 - level) * 1000) / this.#rate.perSecond)
  }

  #filled(client: string): Bucket {
    const { perSecond, burst } = this.#rate
    const at = this.#clock.now()
    const known = this.#buckets.get(client)
    if (known === undefined) return { level: burst, at }
    // A clock that was set back fills nothing.
    const passed = Math.max(0, at - known.at)
    return { level: Math.min(burst, known.level + (passed * perSecond) / 1000), at }
  }

  #remember(client: string, bucket: Bucket): void {
    this.#buckets.delete(client)
    this.#buckets.set(client, bucket)
    if (this.#buckets.size <= MOST_CLIENTS) return
    for (const first of this.#buckets.keys()) {
      this.#buckets.delete(first)
      return
    }
  }
}
