import { access } from 'node:fs/promises'
import type { Store } from '../ports/store.ts'
import { isServer } from './engines/address.ts'
import { storeAt } from './engines/stores.ts'
import { UnreachableError } from './failure.ts'

/**
 * Opens a database that exists, uses it and closes it, without any plan.
 * @throws {UnreachableError} when there is no such file, and {StoreError} when it cannot be opened.
 */
export async function withDatabase<T>(db: string, use: (store: Store) => Promise<T>): Promise<T> {
  if (!isServer(db)) await requireFile(db)
  return withNewDatabase(db, use)
}

async function requireFile(file: string): Promise<void> {
  await access(file).catch((cause: unknown) => {
    const message = `there is no database at ${file}: run or submit a task first, or name another file with --db`
    throw new UnreachableError(message, { cause })
  })
}

/** As `withDatabase`, but makes the database when there is none. */
export async function withNewDatabase<T>(
  db: string,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await storeAt(db)
  await store.open()
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}
