import type { Clock } from '../../ports/clock.ts'

export interface DeathPolicy {
  /** Deaths within the window that are borne. */
  readonly intensity: number
  /** Milliseconds. */
  readonly within: number
}

/** Counts workers that died by themselves, so that a pool which only kills them stops doing so. */
export class Deaths {
  readonly #clock: Clock
  readonly #policy: DeathPolicy
  #times: readonly number[] = []

  constructor(clock: Clock, policy: DeathPolicy) {
    this.#clock = clock
    this.#policy = policy
  }

  note(): void {
    this.#times = [...this.#recent(), this.#clock.now()]
  }

  /** Until when no worker is started; undefined: not too many have died. */
  get closedUntil(): number | undefined {
    const recent = this.#recent()
    const { intensity, within } = this.#policy
    const last = recent.at(-1 - intensity)
    return last === undefined ? undefined : last + within
  }

  #recent(): readonly number[] {
    const since = this.#clock.now() - this.#policy.within
    return this.#times.filter((time) => time > since)
  }
}
