import { StoreError } from '../../core/errors.ts'
import type { Dialect } from './dialect.ts'

export type SqlParameter = string | number | boolean | null

/** Numbers of every kind come as numbers. */
export type SqlRow = Readonly<Record<string, unknown>>

/**
 * One connection while it is ours. Placeholders are `?`; statements are constant texts. They run in
 * the order in which they are asked for, which need not be one by one.
 */
export interface SqlSession {
  all(sql: string, values?: readonly SqlParameter[]): Promise<readonly SqlRow[]>
  /** How many rows it found, whether or not they were different before. */
  run(sql: string, values?: readonly SqlParameter[]): Promise<number>
  /**
   * Runs a statement of a transaction whose result nobody waits for: after those before it, and
   * before the commit, which does not happen when it fails.
   */
  later(sql: string, values?: readonly SqlParameter[]): void
}

/** What an engine gives to the stores of this room. */
export interface SqlConnections {
  readonly dialect: Dialect
  /** On any connection, without a transaction. */
  read<T>(work: (session: SqlSession) => Promise<T>): Promise<T>
  /**
   * In a transaction of its own (READ COMMITTED), committed when this resolves. On a deadlock or a
   * serialization failure the work is run again from its start, so it keeps what it learns to itself
   * until then. A connection that is lost rejects with StoreError (`store_unavailable`).
   */
  write<T>(work: (session: SqlSession) => Promise<T>): Promise<T>
  /** So many growing numbers that nobody was given before: the sequences of new records. */
  numbers(count: number): Promise<readonly number[]>
  /** A transaction of this process has changed something that others want to hear of. */
  told(): void
  /**
   * A transaction of this process has failed so that nobody knows whether it was committed: others
   * hear of it, and so do the listeners of this process.
   */
  doubted(): void
  /** Calls the listener when another process may have changed something. */
  onForeignChange(listener: () => void): () => void
  /** Whether the error says that a unique index refused a row. */
  isDuplicate(error: unknown): boolean
  close(): Promise<void>
}

/** Nobody knows whether what was asked for has happened. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'store_unavailable'
}
