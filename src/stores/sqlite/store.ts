import type { DatabaseSync } from 'node:sqlite'
import { type ErrorRecord, StoreError } from '../../core/errors.ts'
import type { Status } from '../../core/status.ts'
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
import { Commits } from './commits.ts'
import { type Durability, openDatabase } from './connection.ts'
import { toStoreError } from './failures.ts'
import { watchForeignChanges } from './foreign.ts'
import { Records } from './records.ts'

export interface SqliteOptions {
  /** Default `full`. */
  readonly durability?: Durability | undefined
  /** Milliseconds between two looks for changes by other processes; default 200. */
  readonly pollInterval?: number | undefined
  /** Milliseconds to wait for another process to give up the write lock; default 5000. */
  readonly lockTimeout?: number | undefined
}

interface Connection {
  readonly db: DatabaseSync
  readonly commits: Commits
  readonly records: Records
}

/** Keeps everything in one SQLite file, which several processes of one machine may share. */
export function sqliteStore(file: string, options: SqliteOptions = {}): Store {
  return new SqliteStore(file, options)
}

class SqliteStore implements Store {
  readonly name = 'sqlite'
  readonly #file: string
  readonly #options: SqliteOptions
  readonly #listeners = new Set<() => void>()
  #connection: Connection | undefined
  #stopWatching: (() => void) | undefined

  constructor(file: string, options: SqliteOptions) {
    this.#file = file
    this.#options = options
  }

  async open(): Promise<void> {
    if (this.#connection !== undefined) return
    const db = openDatabase(this.#file, this.#options.durability ?? 'full')
    const records = new Records(db)
    const commits = new Commits(db, {
      file: this.#file,
      lockTimeout: this.#options.lockTimeout ?? 5000,
      onRollback: () => records.forget(),
    })
    this.#connection = { db, commits, records }
    this.#watch()
  }

  async close(): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    this.#watch()
    connection?.commits.close()
    connection?.db.close()
  }

  async insert(tasklets: readonly Tasklet[]): Promise<readonly InsertOutcome[]> {
    // The database gives the sequence.
    const admitted = tasklets.map((tasklet) => moves.toAdmitted(tasklet, 0))
    return this.#write((records) => admitted.map((tasklet) => records.insert(tasklet)))
  }

  async claim(request: ClaimRequest): Promise<readonly Tasklet[]> {
    return this.#write((records) => records.claim(request))
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly SettleOutcome[]> {
    settlements.forEach(moves.requireSettlement)
    return this.#write((records) => settlements.map((settlement) => records.settle(settlement)))
  }

  async renew(leases: readonly LeaseRef[], until: number): Promise<Renewal> {
    return this.#write((records) => records.renew(leases, until))
  }

  async rescue(request: RescueRequest): Promise<readonly Tasklet[]> {
    return this.#write((records) => records.rescue(request))
  }

  async owners(): Promise<readonly string[]> {
    return this.#read((records) => records.owners())
  }

  async promote(now: number): Promise<readonly string[]> {
    return this.#write((records) => records.promote(now))
  }

  async nextDue(): Promise<number | undefined> {
    return this.#read((records) => records.nextDue())
  }

  async cancel(id: string, error: ErrorRecord, now: number): Promise<CancelOutcome> {
    return this.#write((records) => records.cancel(id, error, now))
  }

  async get(id: string): Promise<Tasklet | undefined> {
    return this.#read((records) => records.get(id))
  }

  async list(filter: ListFilter): Promise<Page<Tasklet>> {
    return this.#read((records) => records.list(filter))
  }

  async counts(queue?: string): Promise<Readonly<Record<Status, number>>> {
    return this.#read((records) => records.counts(queue))
  }

  onForeignChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    this.#watch()
    return () => {
      this.#listeners.delete(listener)
      this.#watch()
    }
  }

  #write<T>(work: (records: Records) => T): Promise<T> {
    const { commits, records } = this.#opened()
    return commits.run(() => work(records))
  }

  #read<T>(work: (records: Records) => T): T {
    const { records } = this.#opened()
    try {
      return work(records)
    } catch (error) {
      throw toStoreError(error, this.#file)
    }
  }

  #opened(): Connection {
    if (this.#connection !== undefined) return this.#connection
    throw new StoreError('closed', 'the store is not open: call open() first')
  }

  /** Looks for foreign changes exactly while the store is open and somebody listens. */
  #watch(): void {
    const db = this.#listeners.size === 0 ? undefined : this.#connection?.db
    if (db === undefined) {
      this.#stopWatching?.()
      this.#stopWatching = undefined
      return
    }
    this.#stopWatching ??= watchForeignChanges(db, this.#options.pollInterval ?? 200, () => {
      for (const listener of this.#listeners) listener()
    })
  }
}
