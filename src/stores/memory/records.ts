import { NEVER } from '../../core/duration.ts'
import { isFinal } from '../../core/status.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { ClaimRequest } from '../../ports/store-messages.ts'
import type { Stored } from '../admission.ts'
import { type Budgets, budgetsOf, groupKey } from '../budgets.ts'
import type { Dependents } from '../dependencies.ts'
import { LastDeliveries } from '../last-deliveries.ts'
import { isWaiting } from '../moves.ts'
import type { Place } from '../order.ts'
import { QueueCounts } from './counts.ts'
import { DependentIds } from './dependents.ts'
import { Due } from './due.ts'
import { Keys } from './keys.ts'
import { Lanes } from './lanes.ts'
import { Windows } from './windows.ts'

/**
 * Every record and where it waits. Records are replaced, never changed, so an entry in an index is
 * current exactly while the map holds the very record that the entry holds.
 */
export class Records implements Stored, Dependents {
  readonly #byId = new Map<string, Tasklet>()
  /** By sequence − 1; empty where the record was removed. */
  readonly #ids: string[] = []
  readonly #keys = new Keys((id) => this.#byId.get(id))
  readonly #dependents = new DependentIds()
  /** Places that are not the sequence, because somebody moved the tasklet. */
  readonly #ranks = new Map<string, number>()
  readonly #ready = new Lanes(
    (tasklet) => this.#isCurrent(tasklet),
    (tasklet) => this.#rankOf(tasklet),
    (id) => this.#byId.get(id),
  )
  readonly #windows = new Windows()
  readonly #onChange: (previous: Tasklet | undefined, next: Tasklet) => void
  readonly #leased = new Set<string>()
  /** Deliveries lost since the last settlement, of those records that lost any. */
  readonly lost = new Map<string, number>()
  readonly counts = new QueueCounts()
  /** `scheduled` and `retrying` records by `notBefore`. */
  readonly later = new Due((tasklet) => this.#isCurrent(tasklet))
  /** Waiting records by `expiresAt`. */
  readonly expiring = new Due((tasklet) => this.#isCurrent(tasklet))
  /** Running records by the end of their lease. */
  readonly leases = new Due((tasklet) => this.#isCurrent(tasklet))

  /** `onChange` hears of every record that is added or takes the place of another. */
  constructor(onChange: (previous: Tasklet | undefined, next: Tasklet) => void) {
    this.#onChange = onChange
  }

  get last(): number {
    return this.#ids.length
  }

  get(id: string): Tasklet | undefined {
    return this.#byId.get(id)
  }

  at(sequence: number): Tasklet | undefined {
    return this.#byId.get(this.#ids[sequence - 1] ?? '')
  }

  firstWithKey(tasklet: Tasklet): Tasklet | undefined {
    return this.#keys.firstWithKey(tasklet)
  }

  holderOf(tasklet: Tasklet): Tasklet | undefined {
    return this.#keys.holderOf(tasklet)
  }

  waiting(queue: string): number {
    return this.counts.waiting(queue)
  }

  blockedBy(id: string): readonly Tasklet[] {
    const found: Tasklet[] = []
    for (const dependent of this.#dependents.of(id)) {
      const record = this.#byId.get(dependent)
      if (record?.status === 'blocked') found.push(record)
    }
    return found
  }

  /** Whether a record that is not final depends on it. */
  isNeeded(id: string): boolean {
    return this.#dependents.has(id)
  }

  all(): Iterable<Tasklet> {
    return this.#byId.values()
  }

  *running(): Iterable<Tasklet> {
    for (const id of this.#leased) {
      const tasklet = this.#byId.get(id)
      if (tasklet !== undefined) yield tasklet
    }
  }

  add(tasklet: Tasklet): void {
    this.#ids.push(tasklet.id)
    this.#file(tasklet)
    this.#keys.add(tasklet)
    if (!isFinal(tasklet.status)) this.#dependents.add(tasklet)
    this.#onChange(undefined, tasklet)
  }

  replace(previous: Tasklet, next: Tasklet): Tasklet {
    this.counts.of(previous.queue)[previous.status] -= 1
    if (previous.status === 'running') this.#leased.delete(previous.id)
    this.#file(next)
    if (isFinal(next.status) && !isFinal(previous.status)) {
      this.#dependents.remove(next)
      if (this.#ranks.size > 0) this.#ranks.delete(next.id)
      if (this.lost.size > 0) this.lost.delete(next.id)
    }
    this.#onChange(previous, next)
    return next
  }

  /** Forgets a final record. */
  remove(tasklet: Tasklet): void {
    this.counts.of(tasklet.queue)[tasklet.status] -= 1
    this.#keys.remove(tasklet)
    this.#byId.delete(tasklet.id)
    this.#ids[tasklet.sequence - 1] = ''
  }

  takeReady(request: ClaimRequest): Tasklet[] {
    const budgets = this.#budgetsOf(request)
    const taken = this.#ready.take(request, budgets, this.#lastDeliveries(request))
    if (budgets !== undefined) this.#note(budgets, request)
    return taken
  }

  previewReady(request: ClaimRequest): Tasklet[] {
    return this.#ready.preview(request, this.#budgetsOf(request), this.#lastDeliveries(request))
  }

  /** When the first may start that only rate limits keep back. */
  nextStart(request: ClaimRequest): number | undefined {
    const budgets = this.#budgetsOf(request)
    return budgets && this.#ready.opensAt(request, budgets)
  }

  pending(queue: string): Tasklet[] {
    return this.#ready.waiting(queue)
  }

  /** Where the pending tasklets of a queue stand, first to run first. */
  places(queue: string): Place[] {
    return this.pending(queue)
      .map((tasklet) => ({
        id: tasklet.id,
        priority: tasklet.priority,
        rank: this.#rankOf(tasklet),
      }))
      .sort((one, other) => one.priority - other.priority || one.rank - other.rank)
  }

  /** Gives a waiting record a priority, and a place among equals if it is not to be its sequence. */
  place(previous: Tasklet, next: Tasklet, rank: number | undefined): void {
    if (rank === undefined) this.#ranks.delete(next.id)
    else this.#ranks.set(next.id, rank)
    this.replace(previous, next)
  }

  #file(tasklet: Tasklet): void {
    const { status } = tasklet
    this.#byId.set(tasklet.id, tasklet)
    this.counts.of(tasklet.queue)[status] += 1
    if (status === 'pending') {
      this.#ready.add(tasklet)
    } else if (tasklet.lease !== undefined) {
      this.#leased.add(tasklet.id)
      this.leases.add(tasklet.lease.until, tasklet)
    } else if (status === 'scheduled' || status === 'retrying') {
      const { notBefore = Number.NEGATIVE_INFINITY } = tasklet
      if (notBefore < NEVER) this.later.add(notBefore, tasklet)
    }
    if (tasklet.expiresAt !== undefined && isWaiting(status)) {
      this.expiring.add(tasklet.expiresAt, tasklet)
    }
  }

  #budgetsOf(request: ClaimRequest): Budgets | undefined {
    let running: Map<string, number> | undefined
    return budgetsOf(request, {
      running: (task, group) => {
        running ??= this.#runningByGroup()
        return running.get(groupKey(task, group)) ?? 0
      },
      latestStart: (window, nth) => this.#windows.latest(window, nth),
    })
  }

  #lastDeliveries({ lastDelivery }: ClaimRequest): LastDeliveries<string> | undefined {
    if (lastDelivery === undefined || this.lost.size === 0) return undefined
    const lost = Array.from(this.lost, ([id, count]) => ({
      key: id,
      lost: count,
      isRunning: this.#leased.has(id),
    }))
    return new LastDeliveries(lost, lastDelivery)
  }

  /** Counted from live leases, never from a stored number that could be wrong. */
  #runningByGroup(): Map<string, number> {
    const running = new Map<string, number>()
    for (const { plan, task, group } of this.running()) {
      const key = groupKey(`${plan}/${task}`, group)
      running.set(key, (running.get(key) ?? 0) + 1)
    }
    return running
  }

  #note(budgets: Budgets, { now, rateLimits = [] }: ClaimRequest): void {
    const longest = Math.max(...rateLimits.map(({ per }) => per))
    for (const [window, count] of budgets.started) this.#windows.note(window, now, count, longest)
  }

  #rankOf({ id, sequence }: Tasklet): number {
    return this.#ranks.size === 0 ? sequence : (this.#ranks.get(id) ?? sequence)
  }

  #isCurrent(tasklet: Tasklet): boolean {
    return this.#byId.get(tasklet.id) === tasklet
  }
}
