import { type ErrorRecord, StoreError } from '../../core/errors.ts'
import { isFinal, type Status } from '../../core/status.ts'
import type { Settlement, Tasklet } from '../../core/tasklet.ts'
import type { Store } from '../../ports/store.ts'
import type {
  Advance,
  Cancellation,
  ClaimRequest,
  InsertOptions,
  InsertOutcome,
  LeaseRef,
  ListFilter,
  Page,
  QueueInfo,
  QueueOrder,
  Renewal,
  RescueRequest,
  SettleOutcome,
  SweepRequest,
  Tally,
} from '../../ports/store-messages.ts'
import { admit } from '../admission.ts'
import * as moves from '../moves.ts'
import { moved, notPending, orderVersion, type Place, reordered } from '../order.ts'
import { Tallies } from '../tallies.ts'
import { BesideRecords } from './beside-records.ts'
import { Changes } from './changes.ts'
import { toReader } from './copies.ts'
import { listRecords } from './list.ts'
import { listQueues } from './queues.ts'
import type { Records } from './records.ts'
import { toSweep } from './retention.ts'

/**
 * Keeps everything in this process and nothing after it: for tests, benchmarks and trying things
 * out. It is also the reference for what every store does.
 */
export function memoryStore(): Store {
  return new MemoryStore()
}

class MemoryStore extends BesideRecords implements Store {
  readonly name = 'memory'
  readonly isShared = false
  readonly #tallies = new Tallies()
  readonly #changes = new Changes(this.records, this.#tallies)
  /** False for a queue that was resumed. */
  readonly #paused = new Map<string, boolean>()
  #isOpen = false

  async open(): Promise<void> {
    this.#isOpen = true
  }

  async close(): Promise<void> {
    this.#isOpen = false
  }

  async insert(
    tasklets: readonly Tasklet[],
    options?: InsertOptions,
  ): Promise<readonly InsertOutcome[]> {
    const records = this.opened()
    const { outcomes, created, changed } = admit(tasklets, records, options)
    for (const { previous, next } of changed) records.replace(previous, next)
    for (const tasklet of created) {
      records.add(tasklet)
      this.#tallies.inserted(tasklet)
      if (isFinal(tasklet.status)) this.#tallies.ended(tasklet, tasklet.createdAt)
    }
    return outcomes.map((outcome) => {
      const tasklet = toReader(outcome.tasklet)
      return tasklet === outcome.tasklet ? outcome : { ...outcome, tasklet }
    })
  }

  async claim(request: ClaimRequest): Promise<readonly Tasklet[]> {
    const records = this.opened()
    if (this.#paused.get(request.queue)) return []
    return records.takeReady(request).map((pending) => {
      this.#tallies.started(pending, request.now)
      return toReader(records.replace(pending, moves.toClaimed(pending, request)))
    })
  }

  async candidates(request: ClaimRequest): Promise<readonly Tasklet[]> {
    const records = this.opened()
    return this.#paused.get(request.queue) ? [] : records.previewReady(request).map(toReader)
  }

  async nextStart(request: ClaimRequest): Promise<number | undefined> {
    const records = this.opened()
    return this.#paused.get(request.queue) ? undefined : records.nextStart(request)
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly SettleOutcome[]> {
    this.opened()
    settlements.forEach(moves.requireSettlement)
    return settlements.map((settlement) => this.#changes.settle(settlement))
  }

  async renew(leases: readonly LeaseRef[], until: number): Promise<Renewal> {
    this.opened()
    leases.forEach(moves.requireLease)
    return this.#changes.renew(leases, until)
  }

  async rescue(request: RescueRequest): Promise<readonly Tasklet[]> {
    const records = this.opened()
    const orphans = request.deadOwners.length === 0 ? [] : [...records.running()]
    const ended = new Set(records.leases.take(request.now))
    for (const tasklet of orphans) {
      if (request.deadOwners.includes(tasklet.lease?.owner ?? '')) ended.add(tasklet)
    }
    return this.#changes.rescue(ended, request)
  }

  async owners(): Promise<readonly string[]> {
    const owners = new Set<string>()
    for (const { lease } of this.opened().running()) if (lease) owners.add(lease.owner)
    return [...owners]
  }

  async advance(now: number): Promise<Advance> {
    this.opened()
    return this.#changes.advance(now)
  }

  async wake(ids: readonly string[], now: number): Promise<readonly Tasklet[]> {
    this.opened()
    return this.#changes.wake(ids, now)
  }

  async nextDue(): Promise<number | undefined> {
    const { later, expiring, leases } = this.opened()
    const times = [later, expiring, leases].flatMap((due) => due.next() ?? [])
    return times.length === 0 ? undefined : Math.min(...times)
  }

  async cancel(id: string, error: ErrorRecord, now: number): Promise<Cancellation> {
    this.opened()
    return this.#changes.cancel(id, error, now)
  }

  async clear(queue: string, error: ErrorRecord, now: number): Promise<readonly Tasklet[]> {
    const waiting = [...this.opened().all()].filter(
      (tasklet) => tasklet.queue === queue && moves.isWaiting(tasklet.status),
    )
    return this.#changes.cancelAll(waiting, error, now)
  }

  async setPaused(queue: string, paused: boolean): Promise<void> {
    this.opened()
    this.#paused.set(queue, paused)
  }

  async order(queue: string): Promise<QueueOrder> {
    const ids = this.opened()
      .places(queue)
      .map(({ id }) => id)
    return { ids, version: orderVersion(ids) }
  }

  async reorder(queue: string, ids: readonly string[], version: string): Promise<void> {
    this.#place(reordered(this.opened().places(queue), ids, version))
  }

  async move(id: string, position: number): Promise<void> {
    const tasklet = this.opened().get(id)
    if (tasklet === undefined) throw moves.missing(id)
    if (tasklet.status !== 'pending') throw notPending(id)
    this.#place(moved(this.records.places(tasklet.queue), id, position))
  }

  async setPriority(id: string, priority: number): Promise<void> {
    const tasklet = this.opened().get(id)
    if (tasklet === undefined) throw moves.missing(id)
    this.records.place(tasklet, moves.toPrioritised(tasklet, priority), undefined)
  }

  async get(id: string): Promise<Tasklet | undefined> {
    const tasklet = this.opened().get(id)
    return tasklet && toReader(tasklet)
  }

  async getMany(ids: readonly string[]): Promise<readonly Tasklet[]> {
    const records = this.opened()
    return ids.flatMap((id) => records.get(id) ?? []).map(toReader)
  }

  async list(filter: ListFilter): Promise<Page<Tasklet>> {
    const records = this.opened()
    const page = listRecords(filter, records.last, (sequence) => records.at(sequence))
    return { ...page, items: page.items.map(toReader) }
  }

  async counts(queue?: string): Promise<Readonly<Record<Status, number>>> {
    return this.opened().counts.total(queue)
  }

  async queues(): Promise<readonly QueueInfo[]> {
    return listQueues(this.opened(), this.#paused)
  }

  async tallies(since: number): Promise<readonly Tally[]> {
    this.opened()
    return this.#tallies.since(since)
  }

  async remove(ids: readonly string[]): Promise<number> {
    const records = this.opened()
    const final = [...new Set(ids)]
      .flatMap((id) => records.get(id) ?? [])
      .filter(({ status }) => isFinal(status))
    return this.#remove(final)
  }

  async sweep(request: SweepRequest): Promise<number> {
    const records = this.opened()
    const old = toSweep(records.all(), request, (id) => records.isNeeded(id))
    return this.#remove(old)
  }

  /** No other process can change it, so the listener is never called. */
  onForeignChange(): () => void {
    return () => {}
  }

  protected opened(): Records {
    if (this.#isOpen) return this.records
    throw new StoreError('closed', 'the store is not open: call open() first')
  }

  #remove(final: readonly Tasklet[]): number {
    for (const tasklet of final) {
      this.records.remove(tasklet)
      this.drop(tasklet.id)
    }
    return final.length
  }

  #place(places: readonly Place[]): void {
    for (const { id, priority, rank } of places) {
      const tasklet = this.records.get(id)
      if (tasklet !== undefined) this.records.place(tasklet, { ...tasklet, priority }, rank)
    }
  }
}
