import type { Clock } from '../ports/clock.ts'

/**
 * Looks at what other processes have changed: at once, but one look at a time and at most one in
 * `interval` milliseconds, because a busy cluster tells far more often than there is something to
 * see. INVARIANT: every change that was told is followed by the beginning of a look.
 */
export class ForeignRounds {
  readonly #clock: Clock
  readonly #interval: number
  readonly #look: () => Promise<unknown>
  #isLooking = false
  #isDue = false
  #next = Number.NEGATIVE_INFINITY
  #disarm: (() => void) | undefined

  /** `look` must not reject. */
  constructor(clock: Clock, interval: number, look: () => Promise<unknown>) {
    this.#clock = clock
    this.#interval = interval
    this.#look = look
  }

  changed(): void {
    this.#isDue = true
    this.#proceed()
  }

  stop(): void {
    this.#isDue = false
    this.#disarm?.()
    this.#disarm = undefined
  }

  #proceed(): void {
    if (!this.#isDue || this.#isLooking || this.#disarm !== undefined) return
    const now = this.#clock.now()
    if (now >= this.#next) {
      this.#begin(now)
      return
    }
    this.#disarm = this.#clock.setTimer(this.#next, () => {
      this.#disarm = undefined
      this.#proceed()
    })
  }

  #begin(now: number): void {
    this.#isDue = false
    this.#isLooking = true
    this.#next = now + this.#interval
    void this.#look().finally(() => {
      this.#isLooking = false
      this.#proceed()
    })
  }
}
