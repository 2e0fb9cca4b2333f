import type { Clock } from '../../ports/clock.ts'

/**
 * Waits until it is woken, aborted or told that there is no point. Wakes count from `arm` on: one
 * that comes between `arm` and `wait` is not lost.
 */
export class Waiter {
  readonly queue: string
  readonly #clock: Clock
  readonly #signal: AbortSignal | undefined
  #woken = Promise.withResolvers<void>()
  #failure: Error | undefined

  constructor(queue: string, clock: Clock, signal: AbortSignal | undefined) {
    this.queue = queue
    this.#clock = clock
    this.#signal = signal
  }

  arm(): void {
    this.#check()
    this.#woken = Promise.withResolvers()
  }

  wake(): void {
    this.#woken.resolve()
  }

  /** This wait, and every later one, rejects with the error. */
  fail(error: Error): void {
    this.#failure = error
    this.#woken.resolve()
  }

  /** Also ends at the given time; rejects with the failure or the signal's reason. */
  async wait(at: number | undefined): Promise<void> {
    this.#check()
    const wake = () => this.wake()
    const disarm = at === undefined ? undefined : this.#clock.setTimer(at, wake)
    this.#signal?.addEventListener('abort', wake, { once: true })
    try {
      await this.#woken.promise
    } finally {
      disarm?.()
      this.#signal?.removeEventListener('abort', wake)
    }
    this.#check()
  }

  #check(): void {
    this.#signal?.throwIfAborted()
    if (this.#failure !== undefined) throw this.#failure
  }
}
