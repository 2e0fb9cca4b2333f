import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../../core/errors.ts'
import { toOpenError } from './failures.ts'
import { migrate } from './schema.ts'

/**
 * `full`: what was acknowledged survives a power loss. `relaxed`: a power loss may take the last
 * instants, a crash of the process nothing.
 */
export type Durability = 'full' | 'relaxed'

/**
 * A check reads every row and index: some 3 ms a MiB. So that a start costs the same however much
 * is stored, only files are checked at every open that take no longer than the rest of it.
 */
const CHECK_BELOW = 1024 * 1024

/** Pages (16 MiB): the pages that every commit rewrites are copied back a quarter as often. */
const PAGES_BETWEEN_CHECKPOINTS = 4000

/** The longest that one attempt to get the write lock may hold up the event loop, in milliseconds. */
const BUSY_TIMEOUT = 50
const BUSY_TIMEOUT_AT_OPEN = 5000

interface OpenOptions {
  readonly durability?: Durability | undefined
  /** Whether to look for damage; undefined: when the file is small. */
  readonly check?: boolean | undefined
}

/** @throws {StoreError} `store_open` */
export function openDatabase(
  file: string,
  { durability = 'full', check }: OpenOptions = {},
): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    mkdirSync(dirname(file), { recursive: true })
    db = new DatabaseSync(file, {
      timeout: BUSY_TIMEOUT_AT_OPEN,
      enableForeignKeyConstraints: true,
    })
    db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'};
      PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -16384;
      PRAGMA wal_autocheckpoint = ${PAGES_BETWEEN_CHECKPOINTS};
    `)
    if (check ?? isSmall(file)) requireSound(db, file)
    migrate(db, file)
    db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`)
    return db
  } catch (error) {
    db?.close()
    throw toOpenError(error, file)
  }
}

function isSmall(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) < CHECK_BELOW
}

function requireSound(db: DatabaseSync, file: string): void {
  const found = db.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
  if (found === 'ok') return
  throw new StoreError('open', `${file} is damaged (${found}): restore it from a backup`)
}
