import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** What one server leaves behind, and what tells others about it. All paths are absolute. */
export interface StateFiles {
  readonly folder: string
  /** Locked by the server's process for as long as it lives. */
  readonly lock: string
  /** The run that the server was last; stale once the lock is free. */
  readonly run: string
  /** The server's data, an SQLite database. */
  readonly items: string
  readonly log: string
}

/** One life of a server, from start to end. */
export interface ServerRun {
  readonly runId: string
  readonly pid: number
  readonly port: number
  /** ISO 8601. */
  readonly startedAt: string
}

/** `SETPOINT_WEB_SERVICE_DIR`, or `.setpoint/web-service` below the current folder. */
export function stateFiles(
  folder = process.env['SETPOINT_WEB_SERVICE_DIR'] ?? '.setpoint/web-service',
): StateFiles {
  const path = resolve(folder)
  return {
    folder: path,
    lock: join(path, 'server.lock'),
    run: join(path, 'server.json'),
    items: join(path, 'items.db'),
    log: join(path, 'server.log'),
  }
}

/** Whole at any moment: a reader finds the run before or this one, never half of it. */
export async function writeRun(files: StateFiles, run: ServerRun): Promise<void> {
  const draft = `${files.run}.${randomUUID()}`
  await writeFile(draft, `${JSON.stringify(run, null, 2)}\n`)
  await rename(draft, files.run)
}

/** Undefined: no server has written one yet. */
export async function readRun(files: StateFiles): Promise<ServerRun | undefined> {
  if (!existsSync(files.run)) return undefined
  return JSON.parse(await readFile(files.run, 'utf8')) as ServerRun
}

/** Milliseconds. */
const LOCK_WAIT = 500

/**
 * Locks the folder for this process. The operating system frees the lock when the process ends, in
 * whatever way; so unlike a process id in a file it can be neither stale nor anybody else's.
 * @throws when another server holds it.
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
    throw new Error(`another server already uses ${files.folder}`, { cause: error })
  }
}

/** Whether the process of a server lives. */
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
