import type { Store } from '../../src/ports/store.ts'
import { memoryStore } from '../../src/stores/memory/store.ts'
import { sqliteStore } from '../../src/stores/sqlite/store.ts'
import { newDatabaseFile } from './database-file.ts'

/** Each store by its name, not open yet, for what has to be the same on all of them. */
export const STORES: readonly (readonly [name: string, make: () => Store])[] = [
  ['memory', () => memoryStore()],
  ['sqlite', () => sqliteStore(newDatabaseFile())],
]
