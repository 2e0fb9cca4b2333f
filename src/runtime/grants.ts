import { fullTaskName, type Tasklet } from '../core/tasklet.ts'
import type { Task } from '../plan/model.ts'
import type { Delivery } from './delivery.ts'
import { explainRefusal, type Refusal } from './refusals.ts'
import { type Pool, type PoolNeed, ResourcePools } from './resource-pools.ts'
import { StateLeases } from './state-leases.ts'

export type Units = Readonly<Record<string, number>>

export interface GrantLimits {
  /** Slots of a queue. */
  slots(queue: string): number
  /** Where units of a resource come from, as the given plan sees it. */
  pool(plan: string, resource: string): Pool
  /** Units by resource name that moving the world of a plan may take. */
  transitionUnits(plan: string): Units
}

/** What asks for a grant, or would. */
export interface GrantRequest {
  readonly tasklet: Pick<Tasklet, 'plan' | 'queue' | 'requires'>
  /** Undefined when the plan no longer has the task: then it needs no resources. */
  readonly task: Pick<Task, 'resources'> | undefined
}

/**
 * Slot, resources and state lease, granted all at once or not at all: a waiter holds nothing, so
 * there is no deadlock. Waiters are served by priority, then age.
 *
 * Who has the world alone to move it also holds what transition tasks may need, until the required
 * state is verified: they run under its lease.
 */
export class Grants {
  readonly #limits: GrantLimits
  readonly #granted: (delivery: Delivery) => void
  readonly #slots = new Map<string, number>()
  readonly #pools = new ResourcePools()
  readonly #states = new StateLeases()
  #waiters: Delivery[] = []
  #freed: () => void = () => {}

  /** `granted` is called for a waiter when its turn has come. */
  constructor(limits: GrantLimits, granted: (delivery: Delivery) => void) {
    this.#limits = limits
    this.#granted = granted
  }

  /** Calls whenever resources or a state lease were given back or came to be shared. */
  onFreed(listener: () => void): void {
    this.#freed = listener
  }

  /** Grants at once (true), or lets the delivery wait (false). */
  request(delivery: Delivery): boolean {
    if (this.#grant(delivery)) return true
    this.#waiters.push(delivery)
    this.#waiters.sort(byPriorityThenAge)
    return false
  }

  /** Gives everything back, or leaves the line; does nothing for one that has neither. */
  release(delivery: Delivery): void {
    if (delivery.granted) {
      delivery.granted = false
      const { queue, requires } = delivery.tasklet
      this.#countSlot(queue, -1)
      const hadUnits = this.#pools.giveBack(delivery)
      this.#states.leave(delivery)
      this.#serveWaiters()
      if (hadUnits || requires.length > 0) this.#freed()
    } else if (this.#waiters.length > 0) {
      this.#waiters = this.#waiters.filter((waiter) => waiter !== delivery)
    }
  }

  /** The world was seen in these states: others that require one of them may share it. */
  share(delivery: Delivery, states: readonly string[]): void {
    if (!this.#states.share(delivery, states)) return
    const { plan } = delivery.tasklet
    this.#pools.reduce(delivery, this.#needs(plan, delivery.task?.resources ?? NO_UNITS))
    this.#serveWaiters()
    this.#freed()
  }

  /** States that the delivery may rely on because others hold and have verified them. */
  shared(delivery: Delivery): readonly string[] | undefined {
    return this.#states.shared(delivery)
  }

  /** Slots of the queue that nobody holds. */
  room(queue: string): number {
    return this.#limits.slots(queue) - (this.#slots.get(queue) ?? 0)
  }

  /** How many tasklets of the task could be granted now, slots aside. */
  allowance({ plan, requires, resources }: Task): number {
    const asked = { tasklet: { plan, requires, queue: '' }, task: { resources } }
    if (!this.#states.mayEnter(asked.tasklet)) return 0
    const most = this.#pools.times(this.#needsOf(asked))
    return this.#states.wouldPrepare(asked.tasklet) ? Math.min(1, most) : most
  }

  /** Full names of tasks of which one waits already: claiming more of them would be in vain. */
  waitingTasks(queue: string): readonly string[] {
    if (this.#waiters.length === 0) return NO_TASKS
    const here = this.#waiters.filter(({ tasklet }) => tasklet.queue === queue)
    return [...new Set(here.map(({ tasklet }) => fullTaskName(tasklet)))]
  }

  /** Everything that would keep the request from being granted now; empty: nothing would. */
  explain(request: GrantRequest): readonly Refusal[] {
    const { plan, queue } = request.tasklet
    return explainRefusal({
      queue,
      slots: this.#limits.slots(queue),
      room: this.room(queue),
      short: this.#pools.short(this.#needsOf(request)),
      requires: request.tasklet.requires,
      world: this.#states.mayEnter(request.tasklet) ? undefined : this.#states.heldBy(plan),
    })
  }

  #grant(delivery: Delivery): boolean {
    if (this.room(delivery.tasklet.queue) <= 0) return false
    const needs = this.#needsOf(delivery)
    if (this.#pools.times(needs) < 1 || !this.#states.mayEnter(delivery.tasklet)) return false
    delivery.granted = true
    this.#countSlot(delivery.tasklet.queue, 1)
    this.#pools.take(delivery, needs)
    this.#states.enter(delivery)
    return true
  }

  #needsOf({ tasklet, task }: GrantRequest): readonly PoolNeed[] {
    const own = task?.resources ?? NO_UNITS
    if (!this.#states.wouldPrepare(tasklet)) return this.#needs(tasklet.plan, own)
    return this.#needs(tasklet.plan, own, this.#limits.transitionUnits(tasklet.plan))
  }

  /** Own work and transitions never run at once, so the larger of the two covers both. */
  #needs(plan: string, own: Units, moving: Units = NO_UNITS): readonly PoolNeed[] {
    const names = [...Object.keys(own), ...Object.keys(moving).filter((name) => !(name in own))]
    if (names.length === 0) return NO_NEEDS
    return names.map((resource) => ({
      resource,
      pool: this.#limits.pool(plan, resource),
      units: Math.max(own[resource] ?? 0, moving[resource] ?? 0),
    }))
  }

  #countSlot(queue: string, change: 1 | -1): void {
    this.#slots.set(queue, (this.#slots.get(queue) ?? 0) + change)
  }

  #serveWaiters(): void {
    if (this.#waiters.length === 0) return
    const served = this.#waiters.filter((waiter) => this.#grant(waiter))
    if (served.length === 0) return
    this.#waiters = this.#waiters.filter((waiter) => !waiter.granted)
    for (const delivery of served) this.#granted(delivery)
  }
}

const NO_TASKS: readonly string[] = []
const NO_UNITS: Units = {}
const NO_NEEDS: readonly PoolNeed[] = []

function byPriorityThenAge(a: Delivery, b: Delivery): number {
  return a.tasklet.priority - b.tasklet.priority || a.tasklet.sequence - b.tasklet.sequence
}
