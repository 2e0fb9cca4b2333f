import { access } from 'node:fs/promises'
import type { Store } from '../ports/store.ts'
import { sqliteStore } from '../stores/sqlite/store.ts'
import { UnreachableError } from './failure.ts'

/**
 * Opens a database that exists, uses it and closes it, without any plan.
 * @throws {UnreachableError} when there is no such file, and {StoreError} when it cannot be opened.
 */
export async function withDatabase<T>(file: string, use: (store: Store) => Promise<T>): Promise<T> {
  await access(file).catch((cause: unknown) => {
    const message = `there is no database at ${file}: run or submit a task first, or name another file with --db`
    throw new UnreachableError(message, { cause })
  })
  return withNewDatabase(file, use)
}

/** As `withDatabase`, but makes the database when there is none. */
export async function withNewDatabase<T>(
  file: string,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const store = sqliteStore(file)
  await store.open()
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}
