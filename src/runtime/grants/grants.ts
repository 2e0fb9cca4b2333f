import { fullTaskName } from '../../core/tasklet.ts'
import type { Task } from '../../plan/model.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import { type DemandRules, Demands, type GrantRequest } from './demands.ts'
import { ForeignHolds } from './foreign-holds.ts'
import { HoldTerms } from './hold-terms.ts'
import { Holders } from './holders.ts'
import { companyOf, type NeedyTask, needsOf } from './needs.ts'
import { explainRefusal, type Refusal } from './refusals.ts'
import { type Reservation, ResourcePools } from './resource-pools.ts'
import { type Scope, Scopes } from './scopes.ts'
import { Slots } from './slots.ts'
import { StateLeases, type StateRequest } from './state-leases.ts'
import { WaitingLine } from './waiting-line.ts'
import { type WorldRules, type WorldSituation, WorldTurns } from './world-turns.ts'

export interface GrantLimits extends DemandRules, WorldRules {
  /** Slots of a queue. */
  slots(queue: string): number
}

/**
 * Slot, resources and state lease, granted all at once or not at all: a waiter holds nothing, so
 * there is no deadlock. Waiters are served by priority, then age; at equal priority those that the
 * world serves as it is come before those that need it moved, within a bound.
 *
 * Who has the world alone to move it also holds what transition tasks may need, until the required
 * state is verified: they run under its lease.
 */
export class Grants {
  readonly #limits: GrantLimits
  readonly #granted: (delivery: Delivery) => void
  readonly #slots: Slots
  readonly #pools: ResourcePools
  readonly #states: StateLeases
  readonly #scopes = new Scopes()
  readonly #holders = new Holders()
  readonly #line = new WaitingLine()
  readonly #demands: Demands
  readonly #turns: WorldTurns
  /** What of the grants the store is asked for, where other processes share it. */
  readonly terms: HoldTerms
  #freed: () => void = () => {}
  #quiet: (scope: string) => void = () => {}

  /**
   * `granted` is called for a waiter when its turn has come. `foreign`: what other processes hold,
   * which counts as if it were held here.
   */
  constructor(
    limits: GrantLimits,
    granted: (delivery: Delivery) => void,
    foreign = new ForeignHolds(),
  ) {
    this.#limits = limits
    this.#pools = new ResourcePools(foreign)
    this.#states = new StateLeases(foreign)
    this.#granted = granted
    this.#slots = new Slots((queue) => limits.slots(queue))
    this.#demands = new Demands(limits, this.#states)
    this.#turns = new WorldTurns(this.#states, limits)
    const [pools, states, demands] = [this.#pools, this.#states, this.#demands]
    this.terms = new HoldTerms({ pools, states, demands, limits, foreign })
  }

  /** Calls whenever something that is not a slot was given back, or came to be shared. */
  onFreed(listener: () => void): void {
    this.#freed = listener
  }

  /** Calls when the last of those that a closed scope does not admit has left it. */
  onQuiet(listener: (scope: string) => void): void {
    this.#quiet = listener
  }

  /** Grants at once (true), or lets the delivery wait (false). */
  request(delivery: Delivery): boolean {
    if (this.#grant(delivery)) return true
    this.#line.add(delivery)
    return false
  }

  /** Gives everything back, or leaves the line; does nothing for one that has neither. */
  release(delivery: Delivery): void {
    if (!delivery.granted) {
      this.#line.remove(delivery)
      return
    }
    const hadMore = this.#takeBack(delivery)
    this.#serveWaiters()
    if (hadMore) this.#freed()
  }

  /** The store refused what was granted here: the delivery goes back into the line. */
  refuse(delivery: Delivery): void {
    this.#takeBack(delivery)
    this.#line.add(delivery)
    this.reconsider()
  }

  /** The world was seen in these states: others that require one of them may share it. */
  share(delivery: Delivery, states: readonly string[]): void {
    if (!this.#states.holds(delivery)) return
    this.#states.share(delivery, states, this.#limits.now())
    const { tasklet, task } = delivery
    this.#pools.reduce(delivery, needsOf(tasklet, task, false, this.#limits))
    this.#serveWaiters()
    this.#freed()
  }

  /** States that the delivery may rely on because others hold and have verified them. */
  shared(delivery: Delivery): readonly string[] | undefined {
    return this.#states.shared(delivery)
  }

  /** The delivery found the world elsewhere than others hold it: nobody joins them any more. */
  distrust(delivery: Delivery): void {
    this.#states.distrust(delivery)
  }

  /** Who holds a grant now, of one plan or of all. */
  granted(plan?: string): readonly Delivery[] {
    return this.#holders.of(plan)
  }

  /** From now on nothing in the scope is granted but what it admits. What runs there goes on. */
  closeScope(scope: Scope): void {
    this.#scopes.close(scope, this.granted(scope.plan))
    if (this.#scopes.isQuiet(scope.id)) this.#quiet(scope.id)
  }

  openScope(id: string): void {
    if (this.#scopes.open(id)) this.reconsider()
  }

  /** Nobody is left in the closed scope but whom it admits. */
  isQuiet(scope: string): boolean {
    return this.#scopes.isQuiet(scope)
  }

  /** What scopes admit, or what is believed of a world, has changed: who waits is asked again. */
  reconsider(): void {
    this.#serveWaiters()
    this.#freed()
  }

  /** The rules of the plan are others now: who runs counts by them too, whatever they were before. */
  recount(plan: string, taskOf: (delivery: Delivery) => NeedyTask | undefined): void {
    for (const delivery of this.granted(plan)) {
      this.#pools.addMissing(delivery, companyOf(plan, taskOf(delivery), this.#limits))
    }
    this.reconsider()
  }

  /** A scope is closed that covers the plan. */
  isClosed(plan: string): boolean {
    return !this.#scopes.isEmpty && this.#scopes.isClosed(plan)
  }

  /** Slots of the queue that nobody holds. */
  room(queue: string): number {
    return this.#slots.room(queue)
  }

  /** How many tasklets of the task could be granted now, slots aside. */
  allowance(task: Task): number {
    const { plan } = task
    if (this.isClosed(plan)) return 0
    const asked = this.#demands.ofWorld(task, task)
    if (!this.#states.mayEnter(asked)) return 0
    const most = this.#pools.times(nameOf(task), this.#demands.ofUnits(asked, task))
    const isFirst = this.#states.wouldPrepare(asked) || asked.alone
    return isFirst ? Math.min(1, most) : most
  }

  /** Units that the task may have to take all at once are short, whatever the world allows. */
  isShort(task: Task): boolean {
    return this.#pools.times(nameOf(task), this.#demands.ofUnits(task, task)) < 1
  }

  /** Whether units may be freed one by one and always go to others before the task has enough. */
  mayStarve(task: Task): boolean {
    const needs = this.#demands.ofUnits(task, task)
    return needs.length > 1 || needs.some(({ units }) => units > 1)
  }

  get reservations(): readonly Reservation[] {
    return this.#pools.reservations
  }

  /** Keeps what the task needs from all others until it has been granted. */
  reserve(task: Task, reservation: Reservation): boolean {
    return this.#pools.reserve(reservation, this.#demands.ofUnits(task, task))
  }

  dropReservation(task: string): void {
    if (this.#pools.dropReservation(task)) this.reconsider()
  }

  /** Everybody who waits here, first to be served first. */
  get waiters(): readonly Delivery[] {
    return this.#line.waiters
  }

  /** How many of each task wait here, by full name. */
  waitingTasks(queue: string): ReadonlyMap<string, number> {
    return this.#line.counts(queue)
  }

  /** How things stand with the world of a plan, for those who choose work for it. */
  world(plan: string): WorldSituation {
    const waiters = this.#line.waiters.filter((waiter) => waiter.tasklet.plan === plan)
    return this.#turns.situation(
      plan,
      waiters.filter((waiter) => this.#isAdmitted(waiter)),
    )
  }

  /** Everything that would keep the request from being granted now; empty: nothing would. */
  explain(request: GrantRequest): readonly Refusal[] {
    const { tasklet, task, plan } = request
    const asked = this.#demands.ofWorld(tasklet, task, plan)
    const mayEnter = this.#states.mayEnter(asked)
    return explainRefusal({
      queue: tasklet.queue,
      slots: this.#limits.slots(tasklet.queue),
      room: this.room(tasklet.queue),
      short: this.#pools.short(fullTaskName(tasklet), this.#demands.ofUnits(asked, task)),
      asked,
      world: mayEnter ? undefined : this.#states.heldBy(tasklet.plan),
      isTurnOfOthers: mayEnter && !this.#isItsTurn(request, asked),
      scope: this.#scopes.isEmpty ? undefined : this.#scopes.keepingOut(tasklet),
    })
  }

  #grant(delivery: Delivery): boolean {
    const { tasklet, task, plan } = delivery
    if (this.room(tasklet.queue) <= 0 || !this.#isAdmitted(delivery)) return false
    const asked = this.#demands.ofWorld(tasklet, task, plan)
    const needs = this.#demands.ofUnits(asked, task)
    if (!this.#states.mayEnter(asked)) return false
    if (needs.length > 0 && this.#pools.times(fullTaskName(tasklet), needs) < 1) return false
    if (!this.#isItsTurn(delivery, asked)) return false
    delivery.granted = true
    this.#slots.take(tasklet.queue)
    this.#pools.take(delivery, needs)
    this.#states.enter(delivery, asked.shape)
    this.#holders.add(delivery)
    if (this.#pools.dropReservation(fullTaskName(tasklet))) this.#freed()
    return true
  }

  /** Whether it had more than its slot. */
  #takeBack(delivery: Delivery): boolean {
    delivery.granted = false
    this.#slots.giveBack(delivery.tasklet.queue)
    const hadUnits = this.#pools.giveBack(delivery)
    const hadWorld = this.#states.holds(delivery)
    this.#states.leave(delivery)
    this.#holders.remove(delivery)
    for (const id of this.#scopes.isEmpty ? NONE : this.#scopes.left(delivery)) this.#quiet(id)
    return hadUnits || hadWorld
  }

  #isAdmitted({ tasklet }: Delivery): boolean {
    return this.#scopes.isEmpty || this.#scopes.keepingOut(tasklet) === undefined
  }

  /** Among those that wait here for the world of its plan. */
  #isItsTurn(delivery: GrantRequest, asked: StateRequest): boolean {
    if (this.#line.isEmpty || (asked.requires.length === 0 && !asked.alone)) return true
    const isFree = this.#states.isFree(asked.plan)
    const rivals = this.#line.waiters.filter(
      (waiter) => waiter !== delivery && !waiter.granted && waiter.tasklet.plan === asked.plan,
    )
    // Of a free world only those count that could have it, or it would be kept for nobody.
    const able = rivals.filter((rival) => this.#isAdmitted(rival) && (!isFree || this.#fits(rival)))
    return this.#turns.isTurnOf(delivery, able)
  }

  #fits({ tasklet, task }: Delivery): boolean {
    if (this.room(tasklet.queue) <= 0) return false
    const needs = this.#demands.ofUnits(tasklet, task)
    return this.#pools.times(fullTaskName(tasklet), needs) >= 1
  }

  #serveWaiters(): void {
    if (this.#line.isEmpty) return
    const served = this.#line.waiters.filter((waiter) => this.#grant(waiter))
    for (const delivery of served) this.#line.remove(delivery)
    for (const delivery of served) this.#granted(delivery)
  }
}

const NONE: readonly string[] = []

function nameOf({ plan, name }: Task): string {
  return fullTaskName({ plan, task: name })
}
