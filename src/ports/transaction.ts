import type { Tasklet } from '../core/tasklet.ts'
import type { InsertOptions, InsertOutcome } from './store-messages.ts'

export type SqlValue = null | number | bigint | string | Uint8Array

export interface SqlStatement {
  run(...values: SqlValue[]): unknown
  get(...values: SqlValue[]): unknown
  all(...values: SqlValue[]): unknown[]
}

/** The part of a synchronous database connection that the caller of a transaction works with. */
export interface SqlDatabase {
  exec(sql: string): void
  prepare(sql: string): SqlStatement
}

export interface StoreTransaction {
  readonly db: SqlDatabase
  /** As `Store.insert`, within the transaction. */
  insert(tasklets: readonly Tasklet[], options?: InsertOptions): readonly InsertOutcome[]
}

/** What a store offers besides its port when the caller's data can stand in the same database. */
export interface TransactionalStore {
  /**
   * Runs `work`, which must be synchronous, in one transaction and resolves with what it returned,
   * once that is committed. What it throws undoes everything.
   */
  transaction<T>(work: (transaction: StoreTransaction) => T): Promise<T>
}
