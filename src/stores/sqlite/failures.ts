import { SetpointError, StoreError } from '../../core/errors.ts'

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html) that have a remedy. */
const REMEDIES: Readonly<Record<number, readonly [code: string, remedy: string]>> = {
  3: ['denied', 'the file may not be accessed: check its permissions'],
  5: ['locked', 'another process keeps the database locked: end its transaction and try again'],
  6: ['locked', 'another connection keeps a table locked: end its transaction and try again'],
  8: ['readonly', 'the file or its folder is read-only: make both writable'],
  10: ['io', 'the disk failed to read or write: check it, then open the store again'],
  11: ['corrupt', 'the file is damaged: restore it from a backup'],
  13: ['full', 'the disk is full: nothing was changed, free some space and try again'],
  14: ['denied', 'the file cannot be opened: check that its folder exists and is writable'],
  26: ['corrupt', 'the file is no SQLite database: name another file'],
}

const BUSY = 5
const CONSTRAINT_UNIQUE = 2067

/** SQLite's result code of a thrown error, extended; undefined when SQLite did not throw it. */
function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode : undefined
}

export function isBusy(error: unknown): boolean {
  return ((sqliteCode(error) ?? 0) & 0xff) === BUSY
}

export function isDuplicate(error: unknown): boolean {
  return sqliteCode(error) === CONSTRAINT_UNIQUE
}

/** What SQLite threw, as an error that says what to do. Errors of others pass unchanged. */
export function toStoreError(error: unknown, file: string): Error {
  if (error instanceof SetpointError) return error
  if (error instanceof Error && sqliteCode(error) === undefined) return error
  const [code, remedy] = remedyFor(error)
  return new StoreError(code, `${file}: ${remedy}`, { cause: error })
}

export function toOpenError(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error
  return new StoreError('open', `cannot open ${file}: ${remedyFor(error)[1]}`, { cause: error })
}

function remedyFor(error: unknown): readonly [code: string, remedy: string] {
  const said = error instanceof Error ? error.message : String(error)
  return REMEDIES[(sqliteCode(error) ?? 0) & 0xff] ?? ['failed', said]
}
