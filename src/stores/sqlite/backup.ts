import { access, rename, rm } from 'node:fs/promises'
import { backup, DatabaseSync } from 'node:sqlite'
import { InputError } from '../../core/errors.ts'
import { toOpenError } from './failures.ts'

/** Pages that are copied at once, before others may write again: 16 MiB. */
const PAGES = 4096

export interface BackupOptions {
  /** Told after each piece: the share of the file that has been copied, 0..1. */
  readonly copied?: (share: number) => void
}

/**
 * Copies a database while others work with it; the copy is what was committed when it was finished,
 * and stands under its name only when it is whole.
 * @throws {InputError} when there is a file of that name already.
 * @throws {StoreError} `store_open` when either cannot be opened, read or written.
 */
export async function backupDatabase(
  file: string,
  target: string,
  { copied }: BackupOptions = {},
): Promise<void> {
  if (await exists(target)) throw new InputError(`${target} exists: name another file`)
  const draft = `${target}.part`
  await rm(draft, { force: true })
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
    await backup(db, draft, {
      rate: PAGES,
      progress: ({ totalPages, remainingPages }) => copied?.(1 - remainingPages / totalPages),
    })
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true })
    throw toOpenError(error, `${file} or ${target}`)
  } finally {
    db?.close()
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
