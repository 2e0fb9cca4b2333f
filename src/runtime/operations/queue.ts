import { InputError } from '../../core/errors.ts'
import { type Priority, toPriority } from '../../core/priority.ts'
import type { Status } from '../../core/status.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { CancelOutcome, Page } from '../../ports/store-messages.ts'
import { type Changes, tell } from './changes.ts'

export interface QueueServices extends Changes {
  readonly store: Store
  readonly clock: Clock
  cancel(id: string, reason: string): Promise<CancelOutcome>
}

export interface QueuePageOptions {
  /** An integer ≥ 1; 50 unless given. */
  readonly limit?: number
  /** From the page before. */
  readonly cursor?: string | undefined
}

/** Pages with the same version fit together; of a queue that moved, one may repeat or miss some. */
export interface QueuePage extends Page<Tasklet> {
  readonly version: string
}

const DEFAULT_LIMIT = 50
const PENDING: readonly Status[] = ['pending']
const WAITING: readonly Status[] = ['blocked', 'scheduled', 'pending', 'retrying']

/**
 * One queue, for those who manage it. An id that does not wait in this queue is an InputError, and
 * nothing is changed.
 */
export class Queue {
  readonly name: string
  readonly #services: QueueServices

  constructor(name: string, services: QueueServices) {
    this.name = name
    this.#services = services
  }

  /** Nothing more is started from it, in any process, until it is resumed. */
  pause(): Promise<void> {
    return this.#services.store.setPaused(this.name, true)
  }

  async resume(): Promise<void> {
    await this.#services.store.setPaused(this.name, false)
    this.#services.ready(this.name)
  }

  /** The tasklets that may run now, first to run first. */
  async list(options: QueuePageOptions = {}): Promise<QueuePage> {
    const { limit = DEFAULT_LIMIT, cursor } = options
    requirePositive(limit)
    const { store } = this.#services
    const { ids, version } = await store.order(this.name)
    const start = cursor === undefined ? 0 : positionAfter(cursor, ids)
    const end = start + limit
    const found = await store.getMany(ids.slice(start, end))
    // Some may have started since the order was read.
    const items = found.filter(({ status }) => status === 'pending')
    const last = ids[end - 1]
    if (last === undefined || end >= ids.length) return { items, version }
    return { items, version, cursor: `${end - 1}.${last}` }
  }

  moveToFront(id: string): Promise<void> {
    return this.moveTo(id, 0)
  }

  /** Position 0 is the front; the others keep their order. */
  async moveTo(id: string, position: number): Promise<void> {
    if (!Number.isInteger(position) || position < 0) {
      throw new InputError(`the position must be an integer ≥ 0, not ${position}`)
    }
    await this.#require(id, PENDING)
    await this.#services.store.move(id, position)
  }

  /**
   * Gives the pending tasklets the order of `ids`, which holds each of them once. A version that is
   * not the present one rejects with StoreError (`store_conflict`).
   */
  reorder(ids: readonly string[], version: string): Promise<void> {
    return this.#services.store.reorder(this.name, ids, version)
  }

  /** Cancels a waiting tasklet; one that starts in the same moment is asked to stop. */
  async remove(id: string): Promise<void> {
    await this.#require(id, WAITING)
    await this.#services.cancel(id, `removed from queue "${this.name}"`)
  }

  /** Cancels everything that waits in the queue; returns how many tasklets ended by that. */
  async clear(): Promise<number> {
    const { store, clock } = this.#services
    const error = { kind: 'cancelled', message: `queue "${this.name}" was cleared` } as const
    const cleared = await store.clear(this.name, error, clock.now())
    tell(this.#services, cleared)
    return cleared.length
  }

  /** Among tasklets of equal priority it keeps its submission order. */
  async setPriority(id: string, priority: Priority): Promise<void> {
    const value = toPriority(priority)
    await this.#require(id, WAITING)
    await this.#services.store.setPriority(id, value)
  }

  async #require(id: string, statuses: readonly Status[]): Promise<void> {
    const tasklet = await this.#services.store.get(id)
    if (tasklet === undefined) throw new InputError(`there is no tasklet ${id}`)
    const { queue, status } = tasklet
    if (queue !== this.name) {
      throw new InputError(`tasklet ${id} is in queue "${queue}", not in "${this.name}"`)
    }
    if (!statuses.includes(status)) {
      throw new InputError(
        `tasklet ${id} is ${status}: this needs one that is ${statuses.join(', ')}`,
      )
    }
  }
}

/** After the tasklet that ended the page before; when that has left, from where it stood. */
function positionAfter(cursor: string, ids: readonly string[]): number {
  const [, position, id] = /^(\d+)\.(.+)$/.exec(cursor) ?? []
  if (position === undefined || id === undefined) {
    throw new InputError(`"${cursor}" is not a cursor of a queue's list`)
  }
  const stood = Number(position)
  if (ids[stood] === id) return stood + 1
  const stands = ids.indexOf(id)
  return stands < 0 ? Math.min(stood, ids.length) : stands + 1
}

function requirePositive(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1) return
  throw new InputError(`the limit must be an integer ≥ 1, not ${limit}`)
}
