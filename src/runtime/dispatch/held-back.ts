import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'

export interface HeldBackServices {
  readonly store: Pick<Store, 'counts' | 'getMany'>
  readonly clock: Clock
}

/** So many are known by their ids; of more it is only known that there are some. */
const MOST_KNOWN = 200
/** Milliseconds between two looks at whether they still wait. */
const REVIEW_PAUSE = 1000

/**
 * Tasklets of one queue whose messages came when they could not be leased: their group, a limit, a
 * resource or a state kept them back, or the queue was paused. The message is gone by now, so the
 * store is asked for them again whenever something changes that may have kept them back.
 */
export class HeldBack {
  readonly #services: HeldBackServices
  readonly #queue: string
  readonly #ids = new Set<string>()
  #areMany = false
  #reviewed = Number.NEGATIVE_INFINITY

  constructor(services: HeldBackServices, queue: string) {
    this.#services = services
    this.#queue = queue
  }

  get isEmpty(): boolean {
    return this.#ids.size === 0 && !this.#areMany
  }

  /** There are more than are known. */
  get areMany(): boolean {
    return this.#areMany
  }

  get ids(): readonly string[] {
    return [...this.#ids]
  }

  add(ids: readonly string[]): void {
    for (const id of ids) {
      if (this.#ids.size < MOST_KNOWN) this.#ids.add(id)
      else this.#areMany = true
    }
  }

  remove(id: string): void {
    this.#ids.delete(id)
  }

  /** Forgets those that others have leased or ended, unless it has looked just now. */
  async review(): Promise<void> {
    const { store, clock } = this.#services
    if (this.isEmpty || clock.now() - this.#reviewed < REVIEW_PAUSE) return
    this.#reviewed = clock.now()
    if (this.#areMany) {
      const { pending } = await store.counts(this.#queue)
      this.#areMany = pending > 0
    }
    const asked = this.ids
    const records = await store.getMany(asked)
    const still = new Set(records.filter(({ status }) => status === 'pending').map(({ id }) => id))
    for (const id of asked) if (!still.has(id)) this.#ids.delete(id)
  }
}
