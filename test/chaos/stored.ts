import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { storeAt } from '../../src/cli/engines/stores.ts'
import type { Status } from '../../src/core/status.ts'
import type { Tasklet } from '../../src/core/tasklet.ts'
import type { Store } from '../../src/ports/store.ts'
import type { DeliveryRef } from './witness.ts'
import { FILES } from './worker-settings.ts'

const PAGE = 1000

/** Every record of a store, oldest first. `db`: a file that no process has open, or a server's URL. */
export async function readRecords(
  db: string,
  status?: readonly Status[],
): Promise<readonly Tasklet[]> {
  const store = await storeAt(db)
  await store.open()
  try {
    return await listAll(store, status)
  } finally {
    await store.close()
  }
}

/** Every record of a store that is open, oldest first. */
export async function listAll(
  store: Store,
  status?: readonly Status[],
): Promise<readonly Tasklet[]> {
  const records: Tasklet[] = []
  let cursor: string | undefined
  do {
    const page = await store.list({ limit: PAGE, status, cursor })
    records.push(...page.items)
    cursor = page.cursor
  } while (cursor !== undefined)
  return records.reverse()
}

/**
 * What was running when the process died. Read from a copy, so that it is the next process, and not
 * the reader, that recovers the database.
 */
export async function readRunning(folder: string): Promise<readonly DeliveryRef[]> {
  const copy = join(folder, 'copy')
  mkdirSync(copy, { recursive: true })
  copyDatabase(folder, copy)
  const running = await readRecords(join(copy, FILES.database), ['running'])
  rmSync(copy, { recursive: true })
  return running.map(({ id, deliveries }) => ({ id, delivery: deliveries }))
}

/** The database file and its WAL, without the shared memory that is rebuilt from them. */
export function copyDatabase(from: string, to: string): void {
  for (const name of [FILES.database, `${FILES.database}-wal`]) {
    const source = join(from, name)
    if (existsSync(source)) copyFileSync(source, join(to, name))
  }
}
