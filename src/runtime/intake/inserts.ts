import { StoreError } from '../../core/errors.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { Store } from '../../ports/store.ts'
import type { InsertOptions, InsertOutcome } from '../../ports/store-messages.ts'

interface Waiting {
  readonly tasklet: Tasklet
  readonly resolve: (outcome: InsertOutcome) => void
  readonly reject: (error: unknown) => void
}

export interface InsertEffects {
  /** The store was asked to store these, and has not answered yet. */
  asked(tasklets: readonly Tasklet[]): void
  /** The store has; told before the submitters are. */
  stored(outcomes: readonly InsertOutcome[]): void
}

/** What was submitted need not be kept here longer than until so many more have come. */
const LARGEST_BATCH = 500

/**
 * Stores the submissions of one turn together, in few calls; a store that groups what it is asked
 * in one turn makes one commit of them.
 */
export class Inserts {
  readonly #store: Store
  readonly #options: InsertOptions | undefined
  readonly #effects: InsertEffects
  #waiting: Waiting[] = []

  constructor(store: Store, options: InsertOptions | undefined, effects: InsertEffects) {
    this.#store = store
    this.#options = options
    this.#effects = effects
  }

  /** Rejects with QueueFullError when there is no room for it. */
  add(tasklet: Tasklet): Promise<InsertOutcome> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) queueMicrotask(() => void this.#flush())
      this.#waiting.push({ tasklet, resolve, reject })
      if (this.#waiting.length === LARGEST_BATCH) void this.#flush()
    })
  }

  /** Stores all of them in one transaction, or none. */
  async addAll(tasklets: readonly Tasklet[]): Promise<readonly InsertOutcome[]> {
    const storing = this.#store
      .insert(tasklets, this.#options)
      .catch((error: unknown) => this.#insertAgain(tasklets, error))
    this.#effects.asked(tasklets)
    const outcomes = await storing
    this.#effects.stored(outcomes)
    return outcomes
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting
    if (batch.length === 0) return
    this.#waiting = []
    try {
      await this.#insert(batch)
    } catch (error) {
      // One record that cannot be stored must not take its neighbours with it.
      const mayBeOne = batch.length > 1 && !isUnavailable(error)
      if (mayBeOne) await Promise.all(batch.map((one) => this.#insertAlone(one)))
      else for (const { reject } of batch) reject(error)
    }
  }

  /**
   * A connection that was lost may have taken the answer with it and not the question. The ids are
   * ours alone, so what is stored under them is what was given: all of it but duplicates, or nothing.
   */
  async #insertAgain(
    tasklets: readonly Tasklet[],
    error: unknown,
  ): Promise<readonly InsertOutcome[]> {
    if (!isUnavailable(error)) throw error
    try {
      return await this.#insertMissing(tasklets)
    } catch (again) {
      // The first call was committed after we had looked.
      if (hasCode(again, 'store_duplicate_id')) return this.#insertMissing(tasklets)
      throw again
    }
  }

  async #insertMissing(tasklets: readonly Tasklet[]): Promise<readonly InsertOutcome[]> {
    const found = await this.#store.getMany(tasklets.map(({ id }) => id))
    const stored = new Map(found.map((tasklet) => [tasklet.id, tasklet]))
    const missing = tasklets.filter(({ id }) => !stored.has(id))
    const inserted = missing.length === 0 ? [] : await this.#store.insert(missing, this.#options)
    let next = 0
    return tasklets.flatMap(({ id }) => {
      const tasklet = stored.get(id)
      if (tasklet !== undefined) return { created: true, tasklet }
      next += 1
      return inserted[next - 1] ?? []
    })
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

function isUnavailable(error: unknown): boolean {
  return hasCode(error, 'store_unavailable')
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof StoreError && error.code === code
}
