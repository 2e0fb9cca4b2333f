import type { DatabaseSync } from 'node:sqlite'
import { InputError } from '../../core/errors.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { InsertOptions, InsertOutcome } from '../../ports/store-messages.ts'

/** What the work of a caller's own transaction is given; it ends with the work. */
export interface SqliteTransaction {
  /** The store's own connection: what is written through it is committed with the tasklets. */
  readonly db: DatabaseSync
  /** As the store's `insert`, in this transaction. A throw that is caught undoes the call alone. */
  insert(tasklets: readonly Tasklet[], options?: InsertOptions): readonly InsertOutcome[]
}

/**
 * Runs the work and gives back what it returned.
 * @throws {InputError} when it returned a promise: the transaction would end before the work does.
 */
export function runSynchronously<T>(
  work: (transaction: SqliteTransaction) => T,
  transaction: SqliteTransaction,
): T {
  const value = work(transaction)
  if (!isThenable(value)) return value
  // It fails later because its transaction is gone; who called hears of it by the error below.
  value.then(undefined, () => {})
  throw new InputError(
    'the work of a transaction returned a promise: do everything synchronously, and await before or after it',
  )
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  )
}
