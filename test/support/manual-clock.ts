import { type Duration, toMilliseconds } from '../../src/core/duration.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { storeCallsDone } from './store-calls.ts'

interface Timer {
  readonly at: number
  readonly fn: () => void
}

const START = 1_800_000_000_000

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  readonly #timers = new Set<Timer>()
  #time: number

  constructor(start = START) {
    this.#time = start
  }

  now(): number {
    return this.#time
  }

  setTimer(at: number, fn: () => void): () => void {
    const timer = { at, fn }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Timers that have neither fired nor been cancelled. */
  get pending(): number {
    return this.#timers.size
  }

  /** Goes on timer by timer; after each, everything that it made possible happens first. */
  async advance(duration: Duration): Promise<void> {
    const end = this.#time + toMilliseconds(duration)
    await allDone()
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#time = Math.max(this.#time, timer.at)
      this.#timers.delete(timer)
      timer.fn()
      await allDone()
    }
    this.#time = end
  }

  /** Only the hands move, also backwards: what is due meanwhile waits for the next `advance`. */
  jump(milliseconds: number): void {
    this.#time += milliseconds
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer
    }
    return first
  }
}

/** Resolves when everything that can happen without time passing has happened. */
export async function allDone(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve))
    // What a server answers may make more possible.
    if (await storeCallsDone()) turn = -1
  }
}

/** The clock as XState takes it. */
export function toTimers(clock: Clock) {
  return {
    setTimeout: (fn: (...args: never[]) => void, delay: number) =>
      clock.setTimer(clock.now() + delay, fn),
    clearTimeout: (cancel: () => void) => cancel(),
  }
}
