import { InputError, QueueFullError } from '../../core/errors.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { Store } from '../../ports/store.ts'
import type { InsertOutcome, ListFilter, Page } from '../../ports/store-messages.ts'
import { type ReplayServices, toReplay } from './replay.ts'

export interface DeadLetterServices extends ReplayServices {
  readonly store: Store
  /** Stores a new record and wakes its queue. */
  insert(tasklet: Tasklet): Promise<InsertOutcome>
}

export type DeadLetterFilter = Omit<Partial<ListFilter>, 'status' | 'limit' | 'cursor'>

/** One dead letter, some of them, or all that a filter finds (`{}`: every one). */
export type DeadLetterChoice = string | readonly string[] | DeadLetterFilter

export interface ReplayReport {
  readonly replayed: readonly { readonly id: string; readonly replayOf: string }[]
  /** Dead letters that stay as they are, and why. */
  readonly refused: readonly { readonly id: string; readonly message: string }[]
}

const DEFAULT_LIMIT = 50
/** Records that are handled in one step, so that none takes long however many there are. */
const BATCH = 200

/** Tasklets that failed for good, with the error of every attempt, until they are swept. */
export class DeadLetters {
  readonly #services: DeadLetterServices

  constructor(services: DeadLetterServices) {
    this.#services = services
  }

  /** Newest first, without those that were replayed unless the filter asks for them. */
  list(filter: Omit<Partial<ListFilter>, 'status'> = {}): Promise<Page<Tasklet>> {
    const { replayed = false, limit = DEFAULT_LIMIT } = filter
    return this.#services.store.list({ ...filter, status: ['failed'], replayed, limit })
  }

  /** @throws {InputError} when there is no such dead letter. */
  async show(id: string): Promise<Tasklet> {
    const tasklet = await this.#services.store.get(id)
    if (tasklet === undefined) throw new InputError(`there is no tasklet ${id}`)
    if (tasklet.status === 'failed') return tasklet
    throw new InputError(`tasklet ${id} is no dead letter: it is ${tasklet.status}`)
  }

  /**
   * Runs dead letters again, each as a new record with all its attempts. Those that cannot be
   * stored are reported; a single one rejects with the reason instead.
   */
  async replay(choice: DeadLetterChoice): Promise<ReplayReport> {
    if (typeof choice === 'string') {
      return { replayed: [await this.#replayOne(await this.show(choice))], refused: [] }
    }
    const replayed: ReplayReport['replayed'][number][] = []
    const refused: ReplayReport['refused'][number][] = []
    for await (const batch of this.#batches(choice)) {
      const answers = await Promise.allSettled(batch.map((letter) => this.#replayOne(letter)))
      for (const [index, answer] of answers.entries()) {
        if (answer.status === 'fulfilled') replayed.push(answer.value)
        else refused.push({ id: batch[index]?.id ?? '', message: refusalOf(answer.reason) })
      }
    }
    return { replayed, refused }
  }

  /** Deletes dead letters; returns how many there were. */
  async discard(choice: DeadLetterChoice): Promise<number> {
    const { store } = this.#services
    if (typeof choice === 'string') return store.remove([(await this.show(choice)).id])
    let discarded = 0
    for await (const batch of this.#batches(choice)) {
      discarded += await store.remove(batch.map(({ id }) => id))
    }
    return discarded
  }

  async #replayOne(letter: Tasklet): Promise<{ id: string; replayOf: string }> {
    const { store, insert } = this.#services
    const replay = await toReplay(letter, store, this.#services)
    const outcome = await insert(replay)
    if (outcome.created) return { id: outcome.tasklet.id, replayOf: letter.id }
    const [other, { reason }] = [outcome.tasklet.id, outcome]
    throw new InputError(
      reason === 'replayed'
        ? `tasklet ${letter.id} was replayed already, by ${other}`
        : `tasklet ${letter.id} cannot be replayed while ${other} has its ${reason} key`,
    )
  }

  async *#batches(
    choice: readonly string[] | DeadLetterFilter,
  ): AsyncGenerator<readonly Tasklet[]> {
    if (isIds(choice)) {
      const ids = [...new Set(choice)]
      // All are looked at first: a wrong id changes nothing.
      for (const id of ids) await this.show(id)
      for (let start = 0; start < ids.length; start += BATCH) {
        yield await this.#services.store.getMany(ids.slice(start, start + BATCH))
      }
      return
    }
    let cursor: string | undefined
    do {
      // Newest first, so what fails again meanwhile is never met twice.
      const page: Page<Tasklet> = await this.list({ ...choice, limit: BATCH, cursor })
      yield page.items
      cursor = page.cursor
    } while (cursor !== undefined)
  }
}

function isIds(choice: readonly string[] | DeadLetterFilter): choice is readonly string[] {
  return Array.isArray(choice)
}

/** What speaks against one record; anything else is a failure of the whole call. */
function refusalOf(error: unknown): string {
  if (error instanceof InputError || error instanceof QueueFullError) return error.message
  throw error
}
