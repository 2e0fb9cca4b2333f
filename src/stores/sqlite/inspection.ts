import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { toOpenError } from './failures.ts'
import { SCHEMA_VERSION } from './schema.ts'

/** What stands in a database file, as far as it can be told without changing it. Sizes in bytes. */
export interface Inspection {
  readonly size: number
  /** Of the write-ahead log beside it. */
  readonly walSize: number
  /** 0 for a file that Setpoint has not written yet. */
  readonly schema: number
  /** What this Setpoint writes. */
  readonly ownSchema: number
  /** `PRAGMA quick_check`: every row and index is read, some 3 ms a MiB. Undefined: it is sound. */
  readonly damage: string | undefined
}

/**
 * Looks at a database that exists, and changes nothing in it.
 * @throws {StoreError} `store_open` when it cannot be opened or is no database.
 */
export function inspectDatabase(file: string): Inspection {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
    const schema = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
    const found = String(db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'])
    return {
      size: sizeOf(file),
      walSize: sizeOf(`${file}-wal`),
      schema,
      ownSchema: SCHEMA_VERSION,
      damage: found === 'ok' ? undefined : found,
    }
  } catch (error) {
    throw toOpenError(error, file)
  } finally {
    db?.close()
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
