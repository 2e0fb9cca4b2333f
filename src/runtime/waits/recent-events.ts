import { toRegExp } from '../../core/event-patterns.ts'
import type { RuntimeEvent } from '../../core/events.ts'
import type { Clock } from '../../ports/clock.ts'

/** Milliseconds; long enough to hear of a wait that another process has stored before the event. */
const KEPT = 5_000
const MOST = 1_000

/** What users and their plans have told a moment ago, for who turns out to have waited for it. */
export class RecentEvents {
  readonly #clock: Clock
  /** Oldest first. */
  #events: RuntimeEvent[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  note(event: RuntimeEvent): void {
    this.#events.push(event)
    if (this.#events.length >= 2 * MOST) this.#events = this.#events.slice(-MOST)
  }

  /** Oldest first. */
  matching(pattern: string): readonly RuntimeEvent[] {
    const since = this.#clock.now() - KEPT
    this.#events = this.#events.filter(({ at }) => at >= since)
    const matches = toRegExp(pattern)
    return this.#events.filter(({ name }) => matches.test(name))
  }
}
