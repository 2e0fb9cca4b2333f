import type { Clock } from '../../ports/clock.ts'
import type { DelayChange } from './delays.ts'

/** An `after` of the machine that is being waited for. */
export interface After {
  /** The event that the machine takes then. */
  readonly event: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Many delays that passed at once do not hold everything else up. */
const MOST_AT_ONCE = 1000

/**
 * The `after` delays of one twin as absolute times, which can be kept and taken up again: the
 * timers of an actor system cannot. Each fires once, the earliest first, and of equal ones the one
 * that was started first.
 */
export class Decay {
  readonly #clock: Clock
  readonly #fire: (after: After) => void
  #pending: readonly After[] = []
  #disarm: (() => void) | undefined
  #isFiring = false

  constructor(clock: Clock, fire: (after: After) => void) {
    this.#clock = clock
    this.#fire = fire
  }

  /** In the order in which they are due. */
  get pending(): readonly After[] {
    return this.#pending
  }

  /** `from`: the time at which the delays begin. One that never ends is not waited for. */
  change(changes: readonly DelayChange[], from: number): void {
    if (changes.length === 0) return
    let pending = this.#pending
    for (const change of changes) {
      pending = pending.filter(({ event }) => event !== change.event)
      if (change.kind === 'stopped' || change.delay === Number.POSITIVE_INFINITY) continue
      // As a timer takes it: what is no time is none.
      const at = from + (change.delay > 0 ? change.delay : 0)
      pending = [...pending, { event: change.event, at }]
    }
    this.replace(pending)
  }

  replace(pending: readonly After[]): void {
    this.#pending = pending.toSorted((a, b) => a.at - b.at)
    this.#arm()
  }

  fireDue(): void {
    if (this.#isFiring) return
    this.#isFiring = true
    try {
      for (let fired = 0; fired < MOST_AT_ONCE; fired += 1) {
        const [first, ...others] = this.#pending
        if (first === undefined || first.at > this.#clock.now()) break
        this.#pending = others
        this.#fire(first)
      }
    } finally {
      this.#isFiring = false
      this.#arm()
    }
  }

  #arm(): void {
    this.#disarm?.()
    this.#disarm = undefined
    const next = this.#pending[0]
    if (next === undefined || this.#isFiring) return
    this.#disarm = this.#clock.setTimer(next.at, () => this.fireDue())
  }
}
