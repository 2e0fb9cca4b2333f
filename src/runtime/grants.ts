import { fullTaskName } from '../core/tasklet.ts'
import type { Delivery } from './delivery.ts'
import { StateLeases } from './state-leases.ts'

/** Units of one resource: a plan's own, or one that all plans of the runtime share. */
export interface Pool {
  readonly key: string
  readonly capacity: number
}

export interface GrantLimits {
  /** Slots of a queue. */
  slots(queue: string): number
  /** Where units of a resource come from, as the given plan sees it. */
  pool(plan: string, resource: string): Pool
}

/**
 * Slot, resources and state lease, granted all at once or not at all: a waiter holds nothing, so
 * there is no deadlock. Waiters are served by priority, then age.
 */
export class Grants {
  readonly #limits: GrantLimits
  readonly #granted: (delivery: Delivery) => void
  readonly #slots = new Map<string, number>()
  readonly #units = new Map<string, number>()
  readonly #states = new StateLeases()
  #waiters: Delivery[] = []

  /** `granted` is called for a waiter when its turn has come. */
  constructor(limits: GrantLimits, granted: (delivery: Delivery) => void) {
    this.#limits = limits
    this.#granted = granted
  }

  /** Grants at once (true), or lets the delivery wait (false). */
  request(delivery: Delivery): boolean {
    if (this.#fits(delivery)) {
      this.#take(delivery)
      return true
    }
    this.#waiters.push(delivery)
    this.#waiters.sort(byPriorityThenAge)
    return false
  }

  /** Gives everything back, or leaves the line; does nothing for one that has neither. */
  release(delivery: Delivery): void {
    if (delivery.granted) {
      delivery.granted = false
      count(this.#slots, delivery.tasklet.queue, -1)
      this.#countUnits(delivery, -1)
      this.#states.leave(delivery)
      this.#serveWaiters()
    } else if (this.#waiters.length > 0) {
      this.#waiters = this.#waiters.filter((waiter) => waiter !== delivery)
    }
  }

  /** The world was seen in these states: others that require one of them may share it. */
  share(delivery: Delivery, states: readonly string[]): void {
    this.#states.share(delivery, states)
    this.#serveWaiters()
  }

  /** States that the delivery may rely on because others hold and have verified them. */
  shared(delivery: Delivery): readonly string[] | undefined {
    return this.#states.shared(delivery)
  }

  /** Slots of the queue that nobody holds. */
  room(queue: string): number {
    return this.#limits.slots(queue) - (this.#slots.get(queue) ?? 0)
  }

  /** Full names of tasks of which one waits already: claiming more of them would be in vain. */
  waitingTasks(queue: string): readonly string[] {
    if (this.#waiters.length === 0) return NO_TASKS
    const here = this.#waiters.filter(({ tasklet }) => tasklet.queue === queue)
    return [...new Set(here.map(({ tasklet }) => fullTaskName(tasklet)))]
  }

  #fits(delivery: Delivery): boolean {
    const { plan, queue } = delivery.tasklet
    if (this.room(queue) <= 0) return false
    for (const [resource, units] of resourcesOf(delivery)) {
      const { key, capacity } = this.#limits.pool(plan, resource)
      if (units > capacity - (this.#units.get(key) ?? 0)) return false
    }
    return this.#states.mayEnter(delivery)
  }

  #take(delivery: Delivery): void {
    delivery.granted = true
    count(this.#slots, delivery.tasklet.queue, 1)
    this.#countUnits(delivery, 1)
    this.#states.enter(delivery)
  }

  #countUnits(delivery: Delivery, sign: 1 | -1): void {
    for (const [resource, units] of resourcesOf(delivery)) {
      count(this.#units, this.#limits.pool(delivery.tasklet.plan, resource).key, sign * units)
    }
  }

  #serveWaiters(): void {
    if (this.#waiters.length === 0) return
    const served: Delivery[] = []
    for (const waiter of this.#waiters) {
      if (!this.#fits(waiter)) continue
      this.#take(waiter)
      served.push(waiter)
    }
    if (served.length === 0) return
    this.#waiters = this.#waiters.filter((waiter) => !waiter.granted)
    for (const delivery of served) this.#granted(delivery)
  }
}

const NO_TASKS: readonly string[] = []
const NO_RESOURCES: readonly [string, number][] = []

function resourcesOf(delivery: Delivery): readonly [string, number][] {
  const resources = delivery.task?.resources
  return resources === undefined ? NO_RESOURCES : Object.entries(resources)
}

function count(counts: Map<string, number>, key: string, change: number): void {
  const next = (counts.get(key) ?? 0) + change
  if (next === 0) counts.delete(key)
  else counts.set(key, next)
}

function byPriorityThenAge(a: Delivery, b: Delivery): number {
  return a.tasklet.priority - b.tasklet.priority || a.tasklet.sequence - b.tasklet.sequence
}
