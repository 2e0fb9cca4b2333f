import { type ErrorRecord, InputError, StoreError } from '../../core/errors.ts'
import { isFinal, type Status } from '../../core/status.ts'
import type { Settlement, Tasklet } from '../../core/tasklet.ts'
import type {
  CancelOutcome,
  ClaimRequest,
  InsertOutcome,
  LeaseRef,
  ListFilter,
  Page,
  Renewal,
  RescueRequest,
  SettleOutcome,
  Store,
} from '../../ports/store.ts'
import * as moves from '../moves.ts'
import { toJson } from '../values.ts'
import { listRecords } from './list.ts'
import { keyOf, Records, toReader } from './records.ts'

/**
 * Keeps everything in this process and nothing after it: for tests, benchmarks and trying things
 * out. It is also the reference for what every store does.
 */
export function memoryStore(): Store {
  return new MemoryStore()
}

class MemoryStore implements Store {
  readonly name = 'memory'
  readonly #records = new Records()
  /** Deliveries lost since the last settlement, of those tasklets that lost any. */
  readonly #lost = new Map<string, number>()
  #isOpen = false

  async open(): Promise<void> {
    this.#isOpen = true
  }

  async close(): Promise<void> {
    this.#isOpen = false
  }

  async insert(tasklets: readonly Tasklet[]): Promise<readonly InsertOutcome[]> {
    const staged = this.#stage(tasklets)
    for (const { created, tasklet } of staged) if (created) this.#records.add(tasklet)
    return staged.map((outcome) => ({ ...outcome, tasklet: toReader(outcome.tasklet) }))
  }

  async claim(request: ClaimRequest): Promise<readonly Tasklet[]> {
    const records = this.#opened()
    return records
      .takeReady(request)
      .map((tasklet) => toReader(records.replace(tasklet, moves.toClaimed(tasklet, request))))
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly SettleOutcome[]> {
    this.#opened()
    settlements.forEach(moves.requireSettlement)
    return settlements.map((settlement) => this.#settleOne(settlement))
  }

  async renew(leases: readonly LeaseRef[], until: number): Promise<Renewal> {
    const records = this.#opened()
    const lost: string[] = []
    const cancelled: { id: string; reason: string }[] = []
    for (const { id, token } of leases) {
      const tasklet = records.get(id)
      if (tasklet?.lease === undefined || !moves.holds(tasklet, token)) {
        lost.push(id)
        continue
      }
      records.replace(tasklet, { ...tasklet, lease: { ...tasklet.lease, until } })
      const reason = tasklet.cancelRequested
      if (reason !== undefined) cancelled.push({ id, reason })
    }
    return { lost, cancelled }
  }

  async rescue(request: RescueRequest): Promise<readonly Tasklet[]> {
    const records = this.#opened()
    const orphans = request.deadOwners.length === 0 ? [] : [...records.running()]
    const ended = new Set(records.leases.take(request.now))
    for (const tasklet of orphans) {
      if (request.deadOwners.includes(tasklet.lease?.owner ?? '')) ended.add(tasklet)
    }
    return Array.from(ended, (tasklet) => toReader(this.#rescueOne(tasklet, request)))
  }

  async owners(): Promise<readonly string[]> {
    const owners = new Set<string>()
    for (const { lease } of this.#opened().running()) if (lease) owners.add(lease.owner)
    return [...owners]
  }

  async promote(now: number): Promise<readonly string[]> {
    const records = this.#opened()
    const queues = new Set<string>()
    for (const tasklet of records.later.take(now)) {
      queues.add(records.replace(tasklet, moves.toPending(tasklet, now)).queue)
    }
    return [...queues]
  }

  async nextDue(): Promise<number | undefined> {
    const records = this.#opened()
    const times = [records.later.next(), records.leases.next()].filter((at) => at !== undefined)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  async cancel(id: string, error: ErrorRecord, now: number): Promise<CancelOutcome> {
    const records = this.#opened()
    const tasklet = records.get(id)
    if (tasklet === undefined) return 'missing'
    if (isFinal(tasklet.status)) return 'settled'
    if (tasklet.status !== 'running') {
      records.replace(tasklet, moves.toCancelled(tasklet, error, now))
      return 'cancelled'
    }
    records.replace(tasklet, moves.withCancelRequest(tasklet, error.message, now))
    return 'requested'
  }

  async get(id: string): Promise<Tasklet | undefined> {
    const tasklet = this.#opened().get(id)
    return tasklet && toReader(tasklet)
  }

  async list(filter: ListFilter): Promise<Page<Tasklet>> {
    const records = this.#opened()
    const page = listRecords(filter, records.last, (sequence) => records.at(sequence))
    return { ...page, items: page.items.map(toReader) }
  }

  async counts(queue?: string): Promise<Readonly<Record<Status, number>>> {
    return this.#opened().counts(queue)
  }

  /** No other process can change it, so the listener is never called. */
  onForeignChange(): () => void {
    return () => {}
  }

  #opened(): Records {
    if (this.#isOpen) return this.#records
    throw new StoreError('closed', 'the store is not open: call open() first')
  }

  /** What each record comes to, with nothing changed yet, so that a refused batch leaves no trace. */
  #stage(tasklets: readonly Tasklet[]): readonly InsertOutcome[] {
    const records = this.#opened()
    const ids = new Set<string>()
    const keys = new Map<string, Tasklet>()
    return tasklets.map((given) => {
      const key = keyOf(given)
      const first = key === undefined ? undefined : (keys.get(key) ?? records.firstWith(key))
      if (first !== undefined) return { created: false, tasklet: first, reason: 'idempotency-key' }
      if (ids.has(given.id) || records.get(given.id)) throw moves.duplicateId(given.id)
      ids.add(given.id)
      const tasklet = moves.toAdmitted(given, records.last + ids.size)
      if (key !== undefined) keys.set(key, tasklet)
      return { created: true, tasklet }
    })
  }

  #settleOne(settlement: Settlement): SettleOutcome {
    const tasklet = this.#records.get(settlement.id)
    if (tasklet === undefined || !moves.holds(tasklet, settlement.token)) {
      return { accepted: false, holder: tasklet?.lease?.owner }
    }
    try {
      const next = moves.toSettled(tasklet, settlement, toJson(settlement.output, 'output'))
      this.#lost.delete(tasklet.id)
      return { accepted: true, tasklet: toReader(this.#records.replace(tasklet, next)) }
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return { accepted: false, holder: tasklet.lease?.owner, error }
    }
  }

  #rescueOne(tasklet: Tasklet, request: RescueRequest): Tasklet {
    const lost = (this.#lost.get(tasklet.id) ?? 0) + 1
    const next = moves.toRescued(tasklet, request, lost)
    if (isFinal(next.status)) this.#lost.delete(tasklet.id)
    else this.#lost.set(tasklet.id, lost)
    return this.#records.replace(tasklet, next)
  }
}
