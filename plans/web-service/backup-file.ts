import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'

export interface BackupFile {
  readonly file: string
  readonly bytes: number
  readonly rows: number
}

const BACKUP_NAME = /^items-\d{8}T\d{9}Z\.db$/

/**
 * Copies the database while others may use it. The copy gets its name once it has been opened and
 * counted, so every file of that name is whole; `draft` names it until then.
 * @param progress is told how much has been copied, 0..1.
 */
export async function writeBackup(
  source: string,
  folder: string,
  draft: string,
  progress: (share: number) => void,
): Promise<BackupFile> {
  const path = resolve(folder)
  await mkdir(path, { recursive: true })
  const copy = join(path, `.${draft}.partial`)
  await rm(copy, { force: true })
  const db = new DatabaseSync(source, { readOnly: true })
  try {
    await backup(db, copy, {
      progress: ({ totalPages, remainingPages }) => progress(1 - remainingPages / totalPages),
    })
    const rows = countRows(db)
    verify(copy, rows)
    const file = join(path, `items-${timestamp(new Date())}.db`)
    await rename(copy, file)
    return { file, rows, bytes: (await stat(file)).size }
  } finally {
    db.close()
    await rm(copy, { force: true })
  }
}

/** Removes the oldest backups until `keep` are left; returns how many there are then. */
export async function pruneBackups(folder: string, keep: number): Promise<number> {
  const backups = (await readdir(folder)).filter((name) => BACKUP_NAME.test(name)).sort()
  const old = backups.slice(0, -keep)
  await Promise.all(old.map((name) => rm(join(folder, name), { force: true })))
  return backups.length - old.length
}

/** @throws unless the copy is sound and has all the rows. */
function verify(copy: string, expected: number): void {
  const db = new DatabaseSync(copy, { readOnly: true })
  try {
    const integrity = db.prepare('PRAGMA integrity_check').get()?.['integrity_check']
    if (integrity !== 'ok') throw new Error(`the backup is damaged: ${integrity}`)
    const rows = countRows(db)
    if (rows !== expected) throw new Error(`the backup has ${rows} rows instead of ${expected}`)
  } finally {
    db.close()
  }
}

function countRows(db: DatabaseSync): number {
  return Number(db.prepare('SELECT count(*) AS total FROM items').get()?.['total'])
}

/** Sorts by time as text: `20260131T235959123Z`. */
function timestamp(time: Date): string {
  return time.toISOString().replaceAll(/[-:.]/g, '')
}
