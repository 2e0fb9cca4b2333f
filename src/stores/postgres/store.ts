import type { Store } from '../../ports/store.ts'
import { SqlStore } from '../sql/store.ts'
import { openConnections } from './connections.ts'
import type { PostgresOptions } from './options.ts'

/** Keeps everything in one schema of a PostgreSQL database, which any number of machines may share. */
export function postgresStore(url: string, options: PostgresOptions = {}): Store {
  return new SqlStore('postgres', () => openConnections(url, options))
}
