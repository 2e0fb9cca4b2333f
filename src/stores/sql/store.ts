import { type ErrorRecord, StoreError } from '../../core/errors.ts'
import type { Status } from '../../core/status.ts'
import type { Settlement, Tasklet } from '../../core/tasklet.ts'
import type { Hold, HoldOutcome, HoldRequest, HoldRevision } from '../../ports/holds.ts'
import type { OutboxEntry, OutboxKind, OutboxRequest } from '../../ports/outbox.ts'
import type { Store } from '../../ports/store.ts'
import type {
  Advance,
  Cancellation,
  ClaimRequest,
  Fact,
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
  StepRecord,
  SweepRequest,
  Tally,
} from '../../ports/store-messages.ts'
import { requireHold, requireRevision } from '../holds.ts'
import * as moves from '../moves.ts'
import { toFactWrite, toKeptStep } from '../notes.ts'
import { toSearch } from '../search.ts'
import { ForeignListeners } from './foreign-listeners.ts'
import type { Ledger } from './ledger.ts'
import { migrate } from './migrations.ts'
import { Operations, type Telling } from './operations.ts'
import type { SqlConnections, SqlSession } from './session.ts'

/** Keeps everything in a database of its own server, which any number of machines may share. */
export class SqlStore implements Store {
  readonly name: string
  readonly isShared = true
  readonly #connect: () => Promise<SqlConnections>
  readonly #foreign = new ForeignListeners()
  readonly #outboxListeners = new Set<() => void>()
  #opening: Promise<void> | undefined
  #opened: Operations | undefined

  constructor(name: string, connect: () => Promise<SqlConnections>) {
    this.name = name
    this.#connect = connect
  }

  open(): Promise<void> {
    this.#opening ??= this.#open()
    return this.#opening
  }

  async close(): Promise<void> {
    const operations = this.#opened
    this.#opened = undefined
    this.#opening = undefined
    this.#foreign.attach(undefined)
    await operations?.close()
  }

  async insert(
    tasklets: readonly Tasklet[],
    options?: InsertOptions,
  ): Promise<readonly InsertOutcome[]> {
    const { inserts } = this.#operations()
    // Copied now, because the caller may change its values before they are written.
    const admitted = tasklets.map((tasklet) => moves.toAdmitted(tasklet, 0))
    return inserts.insert(admitted, options)
  }

  async claim(request: ClaimRequest): Promise<readonly Tasklet[]> {
    return this.#operations().claims.claim(request)
  }

  async candidates(request: ClaimRequest): Promise<readonly Tasklet[]> {
    return this.#read(({ claims }, session) => claims.candidates(session, request))
  }

  async nextStart(request: ClaimRequest): Promise<number | undefined> {
    return this.#read(({ claims }, session) => claims.nextStart(session, request))
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly SettleOutcome[]> {
    settlements.forEach(moves.requireSettlement)
    return this.#operations().settlements.settle(settlements)
  }

  async renew(leases: readonly LeaseRef[], until: number): Promise<Renewal> {
    leases.forEach(moves.requireLease)
    return this.#write(({ endings }, ledger) => endings.renew(ledger, leases, until), 'untold')
  }

  async rescue(request: RescueRequest): Promise<readonly Tasklet[]> {
    return this.#write(({ endings }, ledger) => endings.rescue(ledger, request), 'changes')
  }

  async owners(): Promise<readonly string[]> {
    return this.#read(({ endings }, session) => endings.owners(session))
  }

  async advance(now: number): Promise<Advance> {
    return this.#write(({ dueTimes }, ledger) => dueTimes.advance(ledger, now), 'changes')
  }

  async wake(ids: readonly string[], now: number): Promise<readonly Tasklet[]> {
    return this.#write(({ dueTimes }, ledger) => dueTimes.wake(ledger, ids, now), 'changes')
  }

  async nextDue(): Promise<number | undefined> {
    return this.#read(({ dueTimes }, session) => dueTimes.next(session))
  }

  async cancel(id: string, error: ErrorRecord, now: number): Promise<Cancellation> {
    return this.#write(({ endings }, ledger) => endings.cancel(ledger, id, error, now))
  }

  async clear(queue: string, error: ErrorRecord, now: number): Promise<readonly Tasklet[]> {
    return this.#write(({ endings }, ledger) => endings.clear(ledger, queue, error, now), 'changes')
  }

  async setPaused(queue: string, paused: boolean): Promise<void> {
    return this.#write(({ orders }, { session }) => orders.setPaused(session, queue, paused))
  }

  async order(queue: string): Promise<QueueOrder> {
    return this.#read(({ orders }, session) => orders.order(session, queue))
  }

  async reorder(queue: string, ids: readonly string[], version: string): Promise<void> {
    return this.#write(({ orders }, { session }) => orders.reorder(session, queue, ids, version))
  }

  async move(id: string, position: number): Promise<void> {
    return this.#write(({ orders }, { session }) => orders.move(session, id, position))
  }

  async setPriority(id: string, priority: number): Promise<void> {
    return this.#write(({ orders }, { session }) => orders.setPriority(session, id, priority))
  }

  async get(id: string): Promise<Tasklet | undefined> {
    const [found] = await this.getMany([id])
    return found
  }

  async getMany(ids: readonly string[]): Promise<readonly Tasklet[]> {
    const rows = await this.#read(({ records }, session) => records.byIds(session, ids))
    const found = new Map(rows.map(({ tasklet }) => [tasklet.id, tasklet]))
    return ids.flatMap((id) => found.get(id) ?? [])
  }

  async list(filter: ListFilter): Promise<Page<Tasklet>> {
    if (filter.text !== undefined && toSearch(filter.text).length > 0)
      await this.#operations().completeIndex()
    return this.#read(({ listing }, session) => listing.list(session, filter))
  }

  async counts(queue?: string): Promise<Readonly<Record<Status, number>>> {
    return this.#read(({ counts }, session) => counts.total(session, queue))
  }

  async queues(): Promise<readonly QueueInfo[]> {
    return this.#read(({ orders }, session) => orders.queues(session))
  }

  async tallies(since: number): Promise<readonly Tally[]> {
    await this.#operations().writeTallies()
    return this.#read(({ tallies }, session) => tallies.since(session, since))
  }

  async remove(ids: readonly string[]): Promise<number> {
    return this.#write(({ retention }, ledger) => retention.remove(ledger, ids))
  }

  async sweep(request: SweepRequest): Promise<number> {
    return this.#write(({ retention }, ledger) => retention.sweep(ledger, request), 'untold')
  }

  async recordStep(lease: LeaseRef, step: StepRecord): Promise<boolean> {
    const kept = toKeptStep(step)
    return this.#write(({ steps }, { session }) => steps.record(session, lease, kept), 'untold')
  }

  async steps(id: string): Promise<readonly StepRecord[]> {
    return this.#read(({ steps }, session) => steps.of(session, id))
  }

  async hold(request: HoldRequest): Promise<HoldOutcome> {
    requireHold(request)
    return this.#operations().holds.hold(request)
  }

  async revise(revision: HoldRevision): Promise<boolean> {
    requireRevision(revision)
    return this.#operations().holds.revise(revision)
  }

  async holds(): Promise<readonly Hold[]> {
    return this.#read(({ holds }, session) => holds.all(session))
  }

  async noteOutbox(kinds: readonly OutboxKind[]): Promise<void> {
    this.#operations().outbox.noteKinds(kinds)
  }

  async takeOutbox(request: OutboxRequest): Promise<readonly OutboxEntry[]> {
    return this.#write(({ outbox }, { session }) => outbox.take(session, request), 'untold')
  }

  async clearOutbox(entries: readonly number[]): Promise<void> {
    return this.#write(({ outbox }, { session }) => outbox.clear(session, entries), 'untold')
  }

  onOutbox(listener: () => void): () => void {
    this.#outboxListeners.add(listener)
    return () => this.#outboxListeners.delete(listener)
  }

  async fact(kind: string, key: string): Promise<Fact | undefined> {
    return this.#read(({ facts }, session) => facts.get(session, kind, key))
  }

  async facts(kind: string): Promise<readonly Fact[]> {
    return this.#read(({ facts }, session) => facts.of(session, kind))
  }

  async writeFact(fact: Fact): Promise<{ readonly written: boolean; readonly fact: Fact }> {
    const next = toFactWrite(fact)
    return this.#write(({ facts }, { session }) => facts.write(session, next))
  }

  onForeignChange(listener: () => void): () => void {
    return this.#foreign.listen(listener)
  }

  async #open(): Promise<void> {
    try {
      const connections = await this.#connect()
      try {
        await migrate(connections)
      } catch (error) {
        await connections.close()
        throw error
      }
      this.#begin(connections)
    } catch (error) {
      this.#opening = undefined
      throw error
    }
  }

  #begin(connections: SqlConnections): void {
    this.#opened = new Operations(connections, () => {
      for (const listener of this.#outboxListeners) listener()
    })
    this.#foreign.attach(connections)
  }

  #read<T>(work: (operations: Operations, session: SqlSession) => Promise<T>): Promise<T> {
    const operations = this.#operations()
    return operations.read((session) => work(operations, session))
  }

  #write<T>(
    work: (operations: Operations, ledger: Ledger) => Promise<T>,
    telling?: Telling,
  ): Promise<T> {
    const operations = this.#operations()
    return operations.write((ledger) => work(operations, ledger), telling)
  }

  #operations(): Operations {
    if (this.#opened !== undefined) return this.#opened
    throw new StoreError('closed', 'the store is not open: call open() first')
  }
}
