import type { Clock } from '../../ports/clock.ts'
import { wait } from '../wait.ts'

export interface TriesServices {
  readonly clock: Clock
  storeFailed(operation: string, error: unknown): void
}

const RETRY_DELAY = 1000

/** Asks the store until it has done what was asked. */
export class Tries {
  readonly #services: TriesServices
  readonly #stopped = new AbortController()

  constructor(services: TriesServices) {
    this.#services = services
  }

  get isOver(): boolean {
    return this.#stopped.signal.aborted
  }

  /** Nothing is tried again. */
  stop(): void {
    this.#stopped.abort()
  }

  /** Undefined when it was stopped before the store has done it. */
  async insist<T>(operation: string, work: () => Promise<T>): Promise<T | undefined> {
    const { clock, storeFailed } = this.#services
    while (!this.isOver) {
      try {
        return await work()
      } catch (error) {
        if (this.isOver) break
        storeFailed(operation, error)
        await wait(clock, RETRY_DELAY, this.#stopped.signal).catch(() => {})
      }
    }
    return undefined
  }
}
