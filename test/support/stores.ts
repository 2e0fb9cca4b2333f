import type { Store } from '../../src/ports/store.ts'
import { memoryStore } from '../../src/stores/memory/store.ts'
import { sqliteStore } from '../../src/stores/sqlite/store.ts'
import { newDatabaseFile } from './database-file.ts'
import { newMysqlStore, newPostgresStore } from './databases.ts'
import { isReachable } from './services.ts'
import { watchCalls } from './store-calls.ts'

type NamedStore = readonly [name: string, make: () => Store]

/** Those of this process and this machine. */
const OWN: readonly NamedStore[] = [
  ['memory', () => memoryStore()],
  ['sqlite', () => sqliteStore(newDatabaseFile())],
]

/** Those whose service is missing are left out here: in CI their contract fails for it. */
const SERVED: readonly NamedStore[] = [
  ...(isReachable('postgres') ? [['postgres', () => watchCalls(newPostgresStore())] as const] : []),
  ...(isReachable('mysql') ? [['mysql', () => watchCalls(newMysqlStore())] as const] : []),
]

/**
 * Each store by its name, not open yet, for what has to be the same on all of them: our own in
 * `npm test`, those on servers in `npm run test:services`.
 */
export const STORES: readonly NamedStore[] =
  process.env['SETPOINT_TEST_STORES'] === 'served' && SERVED.length > 0 ? SERVED : OWN
