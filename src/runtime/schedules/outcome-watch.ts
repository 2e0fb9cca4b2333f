import type { RuntimeEvent } from '../../core/events.ts'
import type { Outcomes } from './outcomes.ts'
import type { ScheduleServices } from './services.ts'

/** Milliseconds from one look at the store to the next, at least. */
const REST = 2000
/** Milliseconds until it is noted how far outcomes were seen to. */
const NOTE = 60_000
/** Milliseconds from a failure to the next look. */
const PAUSE = 5000

export interface WatchEvents {
  found(event: RuntimeEvent): void
  /** Everything that was heard and found has been answered. */
  isIdle(): boolean
}

/** Says when the store is asked for outcomes: at the start, and when another process has written. */
export class OutcomeWatch {
  readonly #outcomes: Outcomes
  readonly #services: Pick<ScheduleServices, 'clock' | 'report'>
  readonly #events: WatchEvents
  #isOpen = false
  #isLooking = false
  #lookedAt = 0
  #dueAt = Number.POSITIVE_INFINITY
  #disarm: () => void = () => {}

  constructor(
    outcomes: Outcomes,
    services: Pick<ScheduleServices, 'clock' | 'report'>,
    events: WatchEvents,
  ) {
    this.#outcomes = outcomes
    this.#services = services
    this.#events = events
  }

  open(): void {
    this.#isOpen = true
    this.#expect(0)
  }

  close(): void {
    this.#isOpen = false
    this.#dueAt = Number.POSITIVE_INFINITY
    this.#disarm()
  }

  /** Another process has written. */
  refresh(): void {
    this.#expect(this.#lookedAt + REST)
  }

  /** Whether the event tells of an outcome that was not seen before. */
  hears(event: RuntimeEvent): boolean {
    const isNew = this.#outcomes.takes(event)
    if (isNew) this.#expect(this.#services.clock.now() + NOTE)
    return isNew
  }

  #expect(at: number): void {
    if (!this.#isOpen || at >= this.#dueAt) return
    this.#disarm()
    this.#dueAt = at
    const { clock } = this.#services
    if (at <= clock.now()) void this.#look()
    else this.#disarm = clock.setTimer(at, () => void this.#look())
  }

  async #look(): Promise<void> {
    this.#dueAt = Number.POSITIVE_INFINITY
    const { clock, report } = this.#services
    if (this.#isLooking) {
      this.#expect(clock.now() + REST)
      return
    }
    this.#isLooking = true
    this.#lookedAt = clock.now()
    try {
      const found = await this.#outcomes.look(this.#events.isIdle())
      for (const event of found) this.#events.found(event)
      if (this.#outcomes.isNew) this.#expect(this.#lookedAt + NOTE + 1)
    } catch (error) {
      if (this.#isOpen) report(error)
      this.#expect(clock.now() + PAUSE)
    } finally {
      this.#isLooking = false
    }
  }
}
