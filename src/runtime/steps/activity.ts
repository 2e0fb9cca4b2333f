import { NEVER } from '../../core/duration.ts'

/** One performance in the account of its run. */
export interface Hold {
  /** Counts as waiting, until the given time at the latest, and not as work, while `fn` is under way. */
  wait<T>(until: number, fn: () => Promise<T>): Promise<T>
  /** Does not count by itself while `fn`, which takes holds of its own, is under way. */
  lend<T>(fn: () => Promise<T>): Promise<T>
  /** Stands until nothing of the run works any more, or until `over` is settled. */
  park(over: Promise<void>): Promise<void>
}

/**
 * What of a run is under way: work, which holds the run, and waits, which do not. When nothing but
 * waits is left, it says so, with the time at which the first of them is over.
 */
export class Activity {
  readonly #idle: (notBefore: number) => void
  readonly #waits = new Set<{ readonly until: number }>()
  #still = Promise.withResolvers<void>()
  #working = 0
  #parked = 0
  #looking = false
  #closed = false

  constructor(idle: (notBefore: number) => void) {
    this.#idle = idle
  }

  /** Counts as work from the call until the promise is settled. */
  async hold<T>(fn: (hold: Hold) => Promise<T>): Promise<T> {
    this.#working += 1
    try {
      return await fn({
        wait: (until, work) => this.#wait(until, work),
        lend: (work) => this.#lend(work),
        park: (over) => this.#park(over),
      })
    } finally {
      this.#working -= 1
      this.#look()
    }
  }

  #goOn(): void {
    const { resolve } = this.#still
    this.#still = Promise.withResolvers<void>()
    resolve()
  }

  /** Says nothing any more. */
  close(): void {
    this.#closed = true
  }

  async #wait<T>(until: number, fn: () => Promise<T>): Promise<T> {
    const entry = { until }
    this.#waits.add(entry)
    try {
      return await this.#lend(fn)
    } finally {
      this.#waits.delete(entry)
    }
  }

  async #lend<T>(fn: () => Promise<T>): Promise<T> {
    this.#working -= 1
    this.#look()
    try {
      return await fn()
    } finally {
      this.#working += 1
    }
  }

  async #park(over: Promise<void>): Promise<void> {
    this.#parked += 1
    try {
      await this.#lend(() => Promise.race([this.#still.promise, over]))
    } finally {
      this.#parked -= 1
    }
  }

  /** Not before a turn of the event loop: what ends lets the machine begin something else first. */
  #look(): void {
    if (this.#looking || this.#closed) return
    this.#looking = true
    setImmediate(() => {
      this.#looking = false
      if (this.#closed || this.#working > 0) return
      if (this.#parked > 0) this.#goOn()
      else if (this.#waits.size > 0) {
        this.#idle([...this.#waits].reduce((first, { until }) => Math.min(first, until), NEVER))
      }
    })
  }
}
