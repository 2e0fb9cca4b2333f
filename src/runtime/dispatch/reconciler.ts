import { createHash } from 'node:crypto'
import { fullTaskName } from '../../core/tasklet.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Dispatch, DispatchMessage } from '../../ports/dispatch.ts'
import type { Store } from '../../ports/store.ts'
import type { ClaimRequest } from '../../ports/store-messages.ts'
import { FactLease } from './fact-lease.ts'

export interface ReconcilerServices {
  readonly store: Pick<Store, 'candidates' | 'counts' | 'fact' | 'getMany' | 'order' | 'writeFact'>
  readonly dispatch: Pick<Dispatch, 'depth' | 'publish'>
  readonly clock: Clock
  readonly owner: string
  /** The queues that are worked on here. */
  readonly queues: readonly string[]
  /** Milliseconds from one look to the next. */
  readonly interval: number
  plans(): readonly string[]
  /** Full names of tasks whose tasklets are pulled, and never claimed by a queue. */
  external(): readonly string[]
  /** What a claim would ask for. */
  request(queue: string, limit: number): ClaimRequest
  /** So many messages were published again. */
  restored(queue: string, count: number): void
}

/** The first so many of a queue are looked at. */
const HEADS = 200
const BULK = 500
/** No more is published again after one look; what is missing still then shows in the next ones. */
const MOST_RESTORED = 20_000

/** What the last look at a queue has found. */
interface Look {
  /** What could have been claimed, in order. */
  readonly heads: readonly string[]
  /** Of those, who had been there before when later ones were started. */
  readonly overtaken: ReadonlySet<string>
}

/**
 * Publishes again what a broker has lost, wholly or in part. It is lost when in two looks in a row
 * the same tasklets could be claimed and fewer messages wait than there are of them, or when later
 * ones were started before them. Messages that come twice find nothing to claim.
 */
export class Reconciler {
  readonly #services: ReconcilerServices
  readonly #looks = new Map<string, Look>()
  #turn: { readonly key: string; readonly lease: FactLease } | undefined

  constructor(services: ReconcilerServices) {
    this.#services = services
  }

  /** Looks at every queue, if it is our turn. */
  async look(): Promise<void> {
    for (const queue of this.#services.queues) {
      const { pending } = await this.#services.store.counts(queue)
      if (pending === 0) this.#looks.delete(queue)
      else if (await this.#isOurTurn()) await this.#lookAt(queue)
      else {
        this.#looks.clear()
        return
      }
    }
  }

  async release(): Promise<void> {
    await this.#turn?.lease.release()
    this.#turn = undefined
  }

  async #lookAt(queue: string): Promise<void> {
    const { store, dispatch, request, restored } = this.#services
    const last = this.#looks.get(queue)
    const records = await store.candidates(request(queue, HEADS))
    const heads = records.map(({ id }) => id)
    const stuck = last === undefined ? [] : heads.filter((id) => last.heads.includes(id))
    const overtaken = last === undefined ? NOBODY : await this.#overtaken(last.heads, stuck)
    this.#looks.set(queue, { heads, overtaken })
    if (stuck.length === 0) return
    if ((await dispatch.depth(queue)) < stuck.length) {
      restored(queue, await this.#publishAll(queue))
      this.#looks.delete(queue)
      return
    }
    const again = stuck.filter((id) => overtaken.has(id) && last?.overtaken.has(id))
    if (again.length === 0) return
    restored(queue, await this.#publish(queue, again))
    this.#looks.delete(queue)
  }

  /** Those that still wait although some that stood behind them do not. */
  async #overtaken(
    before: readonly string[],
    stuck: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const waiting = new Set(stuck)
    const gone = before.filter((id) => !waiting.has(id))
    if (waiting.size === 0 || gone.length === 0) return NOBODY
    // One that is not among the first any more may still wait: more urgent ones have come.
    for (const { id, status } of await this.#services.store.getMany(gone)) {
      if (status === 'pending') waiting.add(id)
    }
    const last = before.findLastIndex((id) => !waiting.has(id))
    return new Set(before.slice(0, Math.max(0, last)).filter((id) => waiting.has(id)))
  }

  async #publishAll(queue: string): Promise<number> {
    const { ids } = await this.#services.store.order(queue)
    return this.#publish(queue, ids.slice(0, MOST_RESTORED))
  }

  /** Those of them that are still pending. */
  async #publish(queue: string, ids: readonly string[]): Promise<number> {
    const { store, dispatch, external } = this.#services
    const pulled = external()
    let published = 0
    for (let start = 0; start < ids.length; start += BULK) {
      const records = await store.getMany(ids.slice(start, start + BULK))
      const waiting = records.filter(
        (record) => record.status === 'pending' && !pulled.includes(fullTaskName(record)),
      )
      const messages = waiting.map(({ id, priority, deliveries }): DispatchMessage => {
        return { id, queue, priority, deliveries }
      })
      if (messages.length > 0) await dispatch.publish(messages)
      published += messages.length
    }
    return published
  }

  /** Who works on the same queues with the same plans takes turns; others see other work. */
  #isOurTurn(): Promise<boolean> {
    const { store, clock, owner, queues, plans, interval } = this.#services
    const key = `reconciler/${digest([queues, plans()].map((names) => [...names].sort()))}`
    if (this.#turn?.key !== key) {
      const duration = 3 * interval
      this.#turn = { key, lease: new FactLease({ store, key, owner, duration }) }
    }
    return this.#turn.lease.hold(clock.now())
  }
}

const NOBODY: ReadonlySet<string> = new Set()

function digest(names: readonly (readonly string[])[]): string {
  return createHash('sha256').update(JSON.stringify(names)).digest('base64url').slice(0, 16)
}
