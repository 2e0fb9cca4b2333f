import { SetpointError } from '../../core/errors.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { Store } from '../../ports/store.ts'
import type { InsertOptions, InsertOutcome } from '../../ports/store-messages.ts'
import type { SqlDatabase, StoreTransaction, TransactionalStore } from '../../ports/transaction.ts'
import type { BatchEntry } from './batch.ts'
import type { TaskletHandle } from './handle.ts'
import type { Intake } from './intake.ts'
import type { SubmitOptions } from './submission.ts'
import type { AnyTask, Submitter } from './submitter.ts'

/** What is done here stands in the database if, and only if, the transaction is committed. */
export interface Transaction {
  /** The store's own connection. */
  readonly db: SqlDatabase
  /** Throws where `Runtime.trySubmit` rejects. The handle is good once the transaction is over. */
  submit(task: AnyTask, input?: unknown, options?: SubmitOptions): TaskletHandle
  submitBatch(entries: readonly BatchEntry[]): Record<string, TaskletHandle>
}

export interface TransactionServices {
  readonly store: Store
  readonly submitter: Submitter
  readonly intake: Pick<Intake, 'stored' | 'traced'>
  /** How many waiting tasklets each queue may hold. */
  readonly maxSizes: InsertOptions['maxSizes']
}

/**
 * Runs synchronous work in one transaction of the store; its queues hear of it after the commit.
 * Rejects with what the work threw, and with code `no_transactions` for a store that has none.
 */
export async function runTransaction<T>(
  services: TransactionServices,
  work: (transaction: Transaction) => T,
): Promise<T> {
  const { store, intake } = services
  if (!isTransactional(store)) {
    const message = `the ${store.name} store has no transactions to take part in: use sqliteStore`
    throw new SetpointError('no_transactions', message)
  }
  const outcomes: InsertOutcome[] = []
  const result = await store.transaction((transaction) =>
    work(toTransaction(services, transaction, outcomes)),
  )
  intake.stored(outcomes)
  return result
}

function toTransaction(
  { submitter, intake, maxSizes }: TransactionServices,
  transaction: StoreTransaction,
  outcomes: InsertOutcome[],
): Transaction {
  const traced = (tasklet: Tasklet) => intake.traced(tasklet)
  return {
    db: transaction.db,
    submit(task, input, options = {}) {
      const tasklet = traced(submitter.toTasklet(task, input, options))
      const [outcome] = transaction.insert([tasklet], { maxSizes })
      if (outcome === undefined) throw new TypeError('the store did not answer an insert')
      outcomes.push(outcome)
      return submitter.toHandle(outcome, options)
    },
    submitBatch(entries) {
      const records = submitter.toBatch(entries)
      const stored = transaction.insert([...records.values()].map(traced), { maxSizes })
      outcomes.push(...stored)
      return submitter.toHandles(entries, records, stored)
    },
  }
}

function isTransactional(store: Store): store is Store & TransactionalStore {
  return 'transaction' in store && typeof store.transaction === 'function'
}
