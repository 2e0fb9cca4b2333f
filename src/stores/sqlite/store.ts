import type { DatabaseSync } from 'node:sqlite'
import { type ErrorRecord, StoreError } from '../../core/errors.ts'
import type { Status } from '../../core/status.ts'
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
import * as moves from '../moves.ts'
import { toSearch } from '../search.ts'
import { BesideRecords } from './beside-records.ts'
import { Commits } from './commits.ts'
import { openDatabase } from './connection.ts'
import { toStoreError } from './failures.ts'
import { ForeignChanges } from './foreign.ts'
import type { SqliteOptions } from './options.ts'
import { Records } from './records.ts'
import { runSynchronously, type SqliteTransaction } from './transaction.ts'

interface Connection {
  readonly db: DatabaseSync
  readonly commits: Commits
  readonly records: Records
}

/** Records indexed for search in one commit before a listing by text; others go in between. */
const INDEXED_AT_ONCE = 500

/** A store in one SQLite file, which takes part in its caller's own transactions. */
export interface SqliteStore extends Store {
  /**
   * Runs synchronous work in one transaction on the store's own connection: what it writes through
   * `db` and what it inserts is committed together, or not at all when it throws. Resolved means
   * durable. A promise as result rejects with InputError, and nothing is kept.
   */
  transaction<T>(work: (transaction: SqliteTransaction) => T): Promise<T>
}

/** Keeps everything in one SQLite file, which several processes of one machine may share. */
export function sqliteStore(file: string, options: SqliteOptions = {}): SqliteStore {
  return new FileStore(file, options)
}

class FileStore extends BesideRecords implements SqliteStore {
  readonly name = 'sqlite'
  readonly isShared = true
  readonly #file: string
  readonly #options: SqliteOptions
  readonly #foreignChanges: ForeignChanges
  #connection: Connection | undefined

  constructor(file: string, options: SqliteOptions) {
    super()
    this.#file = file
    this.#options = options
    this.#foreignChanges = new ForeignChanges(options.pollInterval ?? 200)
  }

  async open(): Promise<void> {
    if (this.#connection !== undefined) return
    const db = openDatabase(this.#file, this.#options)
    const records = new Records(db, this.noting)
    const commits = new Commits(db, {
      file: this.#file,
      lockTimeout: this.#options.lockTimeout ?? 5000,
      session: records,
    })
    this.#connection = { db, commits, records }
    this.#foreignChanges.watch(db)
  }

  async close(): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    this.#foreignChanges.watch(undefined)
    connection?.commits.close()
    connection?.db.close()
  }

  async insert(
    tasklets: readonly Tasklet[],
    options?: InsertOptions,
  ): Promise<readonly InsertOutcome[]> {
    // Copied now, because the caller may change its values before they are written.
    const admitted = toAdmitted(tasklets)
    return this.write(({ inserts }) => inserts.insert(admitted, options))
  }

  async transaction<T>(work: (transaction: SqliteTransaction) => T): Promise<T> {
    const { db, commits, records } = this.#opened()
    return commits.run(() =>
      runSynchronously(work, {
        db,
        insert: (tasklets, options) =>
          commits.nested(() => records.inserts.insert(toAdmitted(tasklets), options)),
      }),
    )
  }

  async claim(request: ClaimRequest): Promise<readonly Tasklet[]> {
    return this.write(({ claims }) => claims.claim(request))
  }

  async candidates(request: ClaimRequest): Promise<readonly Tasklet[]> {
    return this.read(({ claims }) => claims.candidates(request))
  }

  async nextStart(request: ClaimRequest): Promise<number | undefined> {
    return this.read(({ claims }) => claims.nextStart(request))
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly SettleOutcome[]> {
    settlements.forEach(moves.requireSettlement)
    return this.write(({ endings }) => settlements.map((one) => endings.settle(one)))
  }

  async renew(leases: readonly LeaseRef[], until: number): Promise<Renewal> {
    leases.forEach(moves.requireLease)
    return this.write(({ endings }) => endings.renew(leases, until))
  }

  async rescue(request: RescueRequest): Promise<readonly Tasklet[]> {
    return this.write(({ endings }) => endings.rescue(request))
  }

  async owners(): Promise<readonly string[]> {
    return this.read(({ endings }) => endings.owners())
  }

  async advance(now: number): Promise<Advance> {
    return this.write(({ dueTimes }) => dueTimes.advance(now))
  }

  async wake(ids: readonly string[], now: number): Promise<readonly Tasklet[]> {
    return this.write(({ dueTimes }) => dueTimes.wake(ids, now))
  }

  async nextDue(): Promise<number | undefined> {
    return this.read(({ dueTimes }) => dueTimes.next())
  }

  async cancel(id: string, error: ErrorRecord, now: number): Promise<Cancellation> {
    return this.write(({ endings }) => endings.cancel(id, error, now))
  }

  async clear(queue: string, error: ErrorRecord, now: number): Promise<readonly Tasklet[]> {
    return this.write(({ endings }) => endings.clear(queue, error, now))
  }

  async setPaused(queue: string, paused: boolean): Promise<void> {
    return this.write(({ orders }) => orders.setPaused(queue, paused))
  }

  async order(queue: string): Promise<QueueOrder> {
    return this.read(({ orders }) => orders.order(queue))
  }

  async reorder(queue: string, ids: readonly string[], version: string): Promise<void> {
    return this.write(({ orders }) => orders.reorder(queue, ids, version))
  }

  async move(id: string, position: number): Promise<void> {
    return this.write(({ orders }) => orders.move(id, position))
  }

  async setPriority(id: string, priority: number): Promise<void> {
    return this.write(({ orders }) => orders.setPriority(id, priority))
  }

  async get(id: string): Promise<Tasklet | undefined> {
    return this.read((records) => records.get(id))
  }

  async getMany(ids: readonly string[]): Promise<readonly Tasklet[]> {
    return this.read((records) => records.getMany(ids))
  }

  async list(filter: ListFilter): Promise<Page<Tasklet>> {
    if (filter.text !== undefined && toSearch(filter.text).length > 0) await this.#index()
    return this.read((records) => records.list(filter))
  }

  async counts(queue?: string): Promise<Readonly<Record<Status, number>>> {
    return this.read(({ ledger }) => ledger.counts.total(queue))
  }

  async queues(): Promise<readonly QueueInfo[]> {
    return this.read(({ orders }) => orders.queues())
  }

  async tallies(since: number): Promise<readonly Tally[]> {
    return this.read(({ ledger }) => ledger.tallies.since(since))
  }

  async remove(ids: readonly string[]): Promise<number> {
    return this.write(({ retention }) => retention.remove(ids))
  }

  async sweep(request: SweepRequest): Promise<number> {
    return this.write(({ retention }) => retention.sweep(request))
  }

  onForeignChange(listener: () => void): () => void {
    return this.#foreignChanges.listen(listener)
  }

  /** Makes the search index complete, a commit at a time. */
  async #index(): Promise<void> {
    if (this.read(({ ledger }) => ledger.search.isComplete(ledger.rows))) return
    const step = ({ ledger }: Records) => ledger.search.catchUp(ledger.rows, INDEXED_AT_ONCE)
    while (await this.write(step));
  }

  protected write<T>(work: (records: Records) => T): Promise<T> {
    const { commits, records } = this.#opened()
    return commits.run(() => work(records))
  }

  protected read<T>(work: (records: Records) => T): T {
    const { records } = this.#opened()
    try {
      records.begin()
      return work(records)
    } catch (error) {
      throw toStoreError(error, this.#file)
    }
  }

  #opened(): Connection {
    if (this.#connection !== undefined) return this.#connection
    throw new StoreError('closed', 'the store is not open: call open() first')
  }
}

/** The sequence is given when the record is written. */
function toAdmitted(tasklets: readonly Tasklet[]): readonly Tasklet[] {
  return tasklets.map((tasklet) => moves.toAdmitted(tasklet, 0))
}
