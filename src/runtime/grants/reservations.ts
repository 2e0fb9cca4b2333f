import { fullTaskName, type Tasklet } from '../../core/tasklet.ts'
import type { Task } from '../../plan/model.ts'
import type { Store } from '../../ports/store.ts'
import type { ClaimRequest } from '../../ports/store-messages.ts'
import type { Registry } from '../plans/registry.ts'
import type { Grants } from './grants.ts'

export interface ReservationServices {
  readonly store: Pick<Store, 'candidates'>
  readonly grants: Grants
  readonly registry: Registry
  /** Milliseconds; Infinity: nothing is ever reserved. */
  readonly reserveAfter: number
}

/** So often within `reserveAfter` a queue looks whether somebody has missed out. */
const LOOKS = 5

/**
 * Keeps units for tasks that need many at once: those are never free together as long as others
 * that need few take each as it comes back. Nothing is asked of the store while no such task is
 * short, and then only every now and then.
 */
export class Reservations {
  readonly #services: ReservationServices
  readonly #looked = new Map<string, number>()

  constructor(services: ReservationServices) {
    this.#services = services
  }

  /**
   * Looks after the queue's reservations. Resolves with when to look again, in milliseconds since
   * the epoch, if the queue has any: whom it waits for may be gone without anybody being told.
   */
  async refresh(request: ClaimRequest): Promise<number | undefined> {
    const { grants, registry, reserveAfter } = this.#services
    const { queue, now } = request
    const interval = reserveAfter / LOOKS
    const isRecent = now < (this.#looked.get(queue) ?? Number.NEGATIVE_INFINITY) + interval
    if (!isRecent) {
      const short = registry.rules.contended.filter(
        (task) => !task.external && grants.mayStarve(task) && grants.isShort(task),
      )
      this.#looked.set(queue, now)
      await this.#drop(request)
      if (short.length > 0) await this.#reserve(short, request)
    }
    return grants.reservations.length === 0 ? undefined : now + interval
  }

  /** One whose tasklet has gone, or is no longer the next of its task. */
  async #drop(request: ClaimRequest): Promise<void> {
    const { grants, registry } = this.#services
    for (const { task, id, queue } of grants.reservations) {
      if (queue !== request.queue || grants.waiters.some(({ tasklet }) => tasklet.id === id))
        continue
      const found = registry.rules.contended.filter((candidate) => nameOf(candidate) === task)
      const head = await this.#head(found, request)
      if (head?.id !== id) grants.dropReservation(task)
    }
  }

  async #reserve(short: readonly Task[], request: ClaimRequest): Promise<void> {
    const { grants, reserveAfter } = this.#services
    const names = new Set(short.map(nameOf))
    const waiting = grants.waiters.find(({ tasklet }) => names.has(fullTaskName(tasklet)))?.tasklet
    const stored = await this.#head(short, request)
    for (const tasklet of [waiting, stored]) {
      if (tasklet === undefined || request.now - tasklet.updatedAt < reserveAfter) continue
      const name = fullTaskName(tasklet)
      const task = short.find((candidate) => nameOf(candidate) === name)
      if (task === undefined) continue
      const { id, priority, sequence, queue } = tasklet
      grants.reserve(task, { task: name, id, priority, sequence, queue })
    }
  }

  async #head(tasks: readonly Task[], request: ClaimRequest): Promise<Tasklet | undefined> {
    if (tasks.length === 0) return undefined
    const onlyTasks = tasks.map(nameOf)
    const asked = { ...request, limit: 1, onlyTasks, skipTasks: [], taskLimits: undefined }
    const [head] = await this.#services.store.candidates(asked)
    return head
  }
}

function nameOf({ plan, name }: Task): string {
  return fullTaskName({ plan, task: name })
}
