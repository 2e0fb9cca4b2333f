import type { Durability } from './connection.ts'

export interface SqliteOptions {
  /** Default `full`. */
  readonly durability?: Durability | undefined
  /** Whether to look for damage at open. Default: when the file is small enough to be read. */
  readonly check?: boolean | undefined
  /** Milliseconds between two looks for changes by other processes; default 200. */
  readonly pollInterval?: number | undefined
  /** Milliseconds to wait for another process to give up the write lock; default 5000. */
  readonly lockTimeout?: number | undefined
}
