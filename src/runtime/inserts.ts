import type { Tasklet } from '../core/tasklet.ts'
import type { Store } from '../ports/store.ts'
import type { InsertOptions, InsertOutcome } from '../ports/store-messages.ts'

interface Waiting {
  readonly tasklet: Tasklet
  readonly resolve: (outcome: InsertOutcome) => void
  readonly reject: (error: unknown) => void
}

/** Stores the submissions of one turn together: one call, and on disk one commit, for all of them. */
export class Inserts {
  readonly #store: Store
  readonly #options: InsertOptions | undefined
  readonly #stored: (outcomes: readonly InsertOutcome[]) => void
  #waiting: Waiting[] = []

  /** `stored` is told of each batch before its submitters are. */
  constructor(
    store: Store,
    options: InsertOptions | undefined,
    stored: (outcomes: readonly InsertOutcome[]) => void,
  ) {
    this.#store = store
    this.#options = options
    this.#stored = stored
  }

  /** Rejects with QueueFullError when there is no room for it. */
  add(tasklet: Tasklet): Promise<InsertOutcome> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) queueMicrotask(() => void this.#flush())
      this.#waiting.push({ tasklet, resolve, reject })
    })
  }

  /** Stores all of them in one transaction, or none. */
  async addAll(tasklets: readonly Tasklet[]): Promise<readonly InsertOutcome[]> {
    const outcomes = await this.#store.insert(tasklets, this.#options)
    this.#stored(outcomes)
    return outcomes
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting
    this.#waiting = []
    try {
      await this.#insert(batch)
    } catch (error) {
      // One record that cannot be stored must not take its neighbours with it.
      if (batch.length > 1) await Promise.all(batch.map((one) => this.#insertAlone(one)))
      else batch[0]?.reject(error)
    }
  }

  async #insertAlone(one: Waiting): Promise<void> {
    try {
      await this.#insert([one])
    } catch (error) {
      one.reject(error)
    }
  }

  async #insert(batch: readonly Waiting[]): Promise<void> {
    const outcomes = await this.addAll(batch.map(({ tasklet }) => tasklet))
    for (const [index, outcome] of outcomes.entries()) batch[index]?.resolve(outcome)
  }
}
