import type { Duration } from '../../core/duration.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import { toCount, toDuration } from '../options/option-values.ts'
import { wait } from '../wait.ts'

/** How long settled records are kept. */
export interface RetentionOptions {
  /** Completed and cancelled records; `30d`. */
  readonly age?: Duration
  /** The most completed and cancelled records that stay; 100 000. */
  readonly count?: number
  /** Dead letters; `90d`. */
  readonly deadLetters?: Duration
  /** From the end of one sweep to the next; `10m`. The first comes this long after the start. */
  readonly every?: Duration
  /** Records removed in one step; 500. */
  readonly chunk?: number
  /** Between steps, so that other work gets its turn; `50ms`. */
  readonly pause?: Duration
}

/** The options with every default filled in; durations in milliseconds. */
export interface Retention {
  readonly age: number
  readonly count: number
  readonly deadLetters: number
  readonly every: number
  readonly chunk: number
  readonly pause: number
}

/** @throws {InputError} that names the option. */
export function toRetention(options: RetentionOptions = {}): Retention {
  return {
    age: toDuration('retention.age', options.age ?? '30d'),
    count: toCount('retention.count', options.count ?? 100_000, 0),
    deadLetters: toDuration('retention.deadLetters', options.deadLetters ?? '90d'),
    every: toDuration('retention.every', options.every ?? '10m'),
    chunk: toCount('retention.chunk', options.chunk ?? 500),
    pause: toDuration('retention.pause', options.pause ?? '50ms'),
  }
}

/** Removes settled records that are old or too many, in the background and in small steps. */
export class Sweeper {
  readonly #store: Store
  readonly #clock: Clock
  readonly #retention: Retention
  readonly #failed: (error: unknown) => void
  #running: AbortController | undefined
  #ended: Promise<void> = Promise.resolve()

  /** `failed` hears of a sweep that could not be finished; the next one tries again. */
  constructor(store: Store, clock: Clock, retention: Retention, failed: (error: unknown) => void) {
    this.#store = store
    this.#clock = clock
    this.#retention = retention
    this.#failed = failed
  }

  start(): void {
    if (this.#running !== undefined) return
    this.#running = new AbortController()
    this.#ended = this.#run(this.#running.signal)
  }

  /** Resolves when the step under way, if there is one, has ended. */
  async stop(): Promise<void> {
    this.#running?.abort()
    this.#running = undefined
    await this.#ended
  }

  /** Removes all that is due now, and returns how many records that were. */
  async pass(signal?: AbortSignal): Promise<number> {
    const { age, count, deadLetters, chunk, pause } = this.#retention
    const now = this.#clock.now()
    const request = { settledBefore: now - age, failedBefore: now - deadLetters, keep: count }
    let removed = 0
    for (;;) {
      const step = await this.#store.sweep({ ...request, limit: chunk })
      removed += step
      if (step < chunk || signal?.aborted) return removed
      await wait(this.#clock, pause, signal)
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await wait(this.#clock, this.#retention.every, signal)
        await this.pass(signal)
      } catch (error) {
        // The wait ends with the signal's reason when the sweeper is stopped.
        if (!signal.aborted) this.#failed(error)
      }
    }
  }
}
