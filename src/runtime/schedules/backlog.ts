import type { RuntimeEvent } from '../../core/events.ts'
import type { Clock } from '../../ports/clock.ts'
import { EventQueue } from '../events/event-queue.ts'
import { wait } from '../wait.ts'

/** Events that wait for one schedule at most. */
const MOST = 100_000
/** Milliseconds from a failure to the next try. */
const PAUSE = 5000

export interface BacklogServices {
  readonly clock: Clock
  /** Answers one event; rejects when it should be tried again. */
  answer(event: RuntimeEvent, signal: AbortSignal): Promise<void>
  /** An event could not be answered, and will be tried again. */
  failed(error: unknown, event: RuntimeEvent): void
  /** There is no room: told for the first of the events in a row that are not taken. */
  filled(): void
  /** There is room again: so many events were not taken. */
  lost(count: number): void
}

/**
 * What a schedule has heard and not answered yet. It outlives the actor that listens: an event in
 * the middle of being answered when that ends is answered again, and makes no second record.
 */
export class Backlog {
  readonly #services: BacklogServices
  /** How many events are answered at once. */
  readonly #width: number
  readonly #waiting = new EventQueue({ size: MOST, overflow: 'drop-newest' }, () => {})
  readonly #answering = new Set<RuntimeEvent>()
  #lost = 0
  #working = 0
  #signal: AbortSignal | undefined
  #pause: Promise<void> | undefined

  constructor(width: number, services: BacklogServices) {
    this.#width = width
    this.#services = services
  }

  /** Events that have no answer yet. */
  get size(): number {
    return this.#waiting.length + this.#answering.size
  }

  add(event: RuntimeEvent): void {
    if (this.#waiting.length >= MOST) {
      this.#lost += 1
      if (this.#lost === 1) this.#services.filled()
      return
    }
    this.#waiting.push(event)
    this.#begin()
  }

  /** Answers, until the signal aborts. */
  open(signal: AbortSignal): void {
    const left = this.take()
    this.#signal = signal
    this.#working = 0
    this.#pause = undefined
    for (const event of left) this.add(event)
  }

  /** Everything that has no answer, for whoever comes after: here nothing is left. */
  take(): readonly RuntimeEvent[] {
    const left = [...this.#answering]
    this.#answering.clear()
    for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
      left.push(event)
    }
    return left
  }

  #begin(): void {
    const signal = this.#signal
    if (signal === undefined || signal.aborted || this.#working >= this.#width) return
    this.#working += 1
    void this.#work(signal)
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (let event = this.#next(signal); event !== undefined; event = this.#next(signal)) {
      while (!signal.aborted && this.#answering.has(event)) await this.#try(event, signal)
    }
    if (this.#signal === signal) this.#working -= 1
  }

  #next(signal: AbortSignal): RuntimeEvent | undefined {
    if (signal.aborted) return undefined
    const event = this.#waiting.shift()
    if (event !== undefined) this.#answering.add(event)
    else if (this.#lost > 0) {
      this.#services.lost(this.#lost)
      this.#lost = 0
    }
    return event
  }

  async #try(event: RuntimeEvent, signal: AbortSignal): Promise<void> {
    try {
      await this.#services.answer(event, signal)
      this.#answering.delete(event)
    } catch (error) {
      if (signal.aborted) return
      this.#pause ??= this.#tellAndWait(error, event, signal)
      await this.#pause
    }
  }

  /** One failure of the store is told once, however many events it has met. */
  async #tellAndWait(error: unknown, event: RuntimeEvent, signal: AbortSignal): Promise<void> {
    this.#services.failed(error, event)
    // Aborted: whoever comes next tries again.
    await wait(this.#services.clock, PAUSE, signal).catch(() => {})
    if (this.#signal === signal) this.#pause = undefined
  }
}
