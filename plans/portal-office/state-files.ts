import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** What the portal and the robot leave behind. All paths are absolute. */
export interface StateFiles {
  readonly folder: string
  /** Locked by the portal's process for as long as it lives. */
  readonly lock: string
  /** The run that the portal was last; stale once the lock is free. */
  readonly run: string
  /** The robot's name and password. */
  readonly account: string
  /** What the portal remembers from one run to the next. */
  readonly books: string
  /** The robot's session: there from signing in until signing out, even if the portal ended it. */
  readonly session: string
  readonly log: string
}

/** One life of the portal, from start to end. */
export interface PortalRun {
  readonly runId: string
  readonly pid: number
  readonly port: number
}

export interface Account {
  readonly name: string
  readonly password: string
}

/** `SETPOINT_PORTAL_OFFICE_DIR`, or `.setpoint/portal-office` below the current folder. */
export function stateFiles(
  folder = process.env['SETPOINT_PORTAL_OFFICE_DIR'] ?? '.setpoint/portal-office',
): StateFiles {
  const path = resolve(folder)
  return {
    folder: path,
    lock: join(path, 'portal.lock'),
    run: join(path, 'portal.json'),
    account: join(path, 'account.json'),
    books: join(path, 'books.json'),
    session: join(path, 'session.json'),
    log: join(path, 'portal.log'),
  }
}

/**
 * Whole at any moment: a reader finds the value before or this one, never half of it. Nobody but
 * the owner may read it, because some of the files are as good as a password.
 */
export function writeState(file: string, value: unknown): void {
  const draft = `${file}.${randomUUID()}`
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  renameSync(draft, file)
}

/** Undefined: nobody has written it yet, or it was removed. */
export function readState<Value>(file: string): Value | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Value
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

export function removeState(file: string): void {
  rmSync(file, { force: true })
}

/** Milliseconds. */
const LOCK_WAIT = 500

/**
 * Locks the folder for this process. The operating system frees the lock when the process ends, in
 * whatever way; so unlike a process id in a file it can be neither stale nor anybody else's.
 * @throws when another portal holds it.
 */
export function holdLock(files: StateFiles): DatabaseSync {
  // Whoever looks at the lock shares it for an instant, which is worth waiting for.
  const lock = new DatabaseSync(files.lock, { timeout: LOCK_WAIT })
  try {
    // Nothing is ever written under the lock, so a journal would be one more file to go stale.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    if (!isBusy(error)) throw error
    throw new Error(`another portal already uses ${files.folder}`, { cause: error })
  }
}

/** Whether the process of a portal lives. */
export function isLocked(files: StateFiles): boolean {
  if (!existsSync(files.lock)) return false
  const lock = new DatabaseSync(files.lock, { readOnly: true })
  try {
    lock.prepare('SELECT 1 FROM sqlite_schema').all()
    return false
  } catch (error) {
    if (isBusy(error)) return true
    throw error
  } finally {
    lock.close()
  }
}

const SQLITE_BUSY = 5

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}
