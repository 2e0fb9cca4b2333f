import type { Tasklet } from '../../core/tasklet.ts'
import type { Store } from '../../ports/store.ts'
import type { ClaimAnswer } from '../claims/work-source.ts'
import { HeldBack, type HeldBackServices } from './held-back.ts'
import { Inbox } from './inbox.ts'

export interface DeskServices extends HeldBackServices {
  readonly store: HeldBackServices['store'] & Pick<Store, 'getMany'>
  /** Whether a queue of this process could ever claim it. */
  isForUs(tasklet: Tasklet): boolean
}

/** What is known of the work of one queue, and what has to be asked for therefore. */
export class Desk {
  readonly inbox = new Inbox()
  readonly #services: DeskServices
  readonly #held: HeldBack
  /** Something has changed since it was last asked for what is held back. */
  #isStirred = false
  /** So many tasklets may be pending that no message tells of. */
  #owed = 0

  constructor(services: DeskServices, queue: string) {
    this.#services = services
    this.#held = new HeldBack(services, queue)
  }

  get hasMore(): boolean {
    return this.#owed > 0 || !this.inbox.isEmpty || (this.#isStirred && !this.#held.isEmpty)
  }

  stir(): void {
    this.#isStirred = true
  }

  owe(count: number): void {
    this.#owed = count
  }

  /** Ids to ask for; none: nothing; undefined: whatever there is. */
  next(limit: number): readonly string[] | undefined {
    const isStirred = this.#isStirred
    this.#isStirred = false
    if (this.#owed > 0 || (isStirred && this.#held.areMany)) return undefined
    const told = this.inbox.first(limit)
    return isStirred && !this.#held.isEmpty ? [...new Set([...told, ...this.#held.ids])] : told
  }

  async answered({ ids, tasklets, isFull }: ClaimAnswer): Promise<void> {
    for (const { id, lease } of tasklets) {
      this.#held.remove(id)
      if (lease !== undefined) this.inbox.claimed({ id, token: lease.token })
    }
    if (ids?.length === 0) return
    if (ids === undefined) this.#owed = isFull ? Math.max(0, this.#owed - tasklets.length) : 0
    // There may have been no room for the rest, so nothing is known of it yet.
    if (isFull) this.#isStirred = true
    else if (ids === undefined) await this.#held.review()
    else if (tasklets.length < ids.length) await this.#sortOut(ids)
  }

  failed(): void {
    this.#isStirred = true
  }

  /** Of what was asked for and not leased others had most; the rest is held back. */
  async #sortOut(ids: readonly string[]): Promise<void> {
    const told = ids.filter((id) => this.inbox.has(id))
    if (told.length > 0) {
      const records = await this.#services.store.getMany(told)
      const pending = records.filter(({ status }) => status === 'pending')
      const held = pending.filter((record) => this.#services.isForUs(record))
      const others = pending.filter((record) => !held.includes(record))
      this.#held.add(held.map(({ id }) => id))
      this.inbox.passOn(others.map(({ id }) => id))
      this.inbox.dismiss(told)
    }
    await this.#held.review()
  }
}
