import { appendFileSync, copyFileSync, mkdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { StoreError } from '../../../src/core/errors.ts'
import type { Tasklet } from '../../../src/core/tasklet.ts'
import type { Store } from '../../../src/ports/store.ts'
import { sqliteStore } from '../../../src/stores/sqlite/store.ts'
import { claimOf, newTasklet, settlementOf } from '../../../src/testing/store-contract/records.ts'
import { seededRandom } from '../../bench/random.ts'
import { type Fault, type FaultContext, type Figure, none } from '../fault.ts'
import { copyDatabase, readRecords } from '../stored.ts'
import { FILES } from '../worker-settings.ts'

const CUTS = { full: 200, short: 20 } as const
const COMMITS = 120

export const fault: Fault = {
  id: 'R2',
  title: 'Torn file',
  description:
    'Copies of a database whose WAL is cut at a random byte; every second one has random bytes after the cut, as a torn write leaves them. What opens must be, record for record, what the last commit before the cut had made.',
  inflict,
}

/** What every record was when the WAL had this size, in bytes. */
interface Moment {
  readonly size: number
  readonly records: string
}

async function inflict(context: FaultContext): Promise<readonly Figure[]> {
  const { folder, seed, form } = context
  const random = seededRandom(seed)
  const whole = join(folder, 'whole')
  mkdirSync(whole)
  const moments = await writeHistory(folder, whole, random)
  const last = moments.at(-1)?.size ?? 0
  const cuts = CUTS[form]
  const refused: string[] = []
  const unclear: string[] = []
  const wrong: string[] = []
  for (let cut = 0; cut < cuts; cut += 1) {
    const at = Math.floor(random() * (last + 1))
    const torn = cut % 2 === 0 ? 0 : Math.ceil(random() * 8192)
    const found = await openTorn(folder, whole, at, torn, random)
    const name = `cut at ${at} of ${last}, ${torn} bytes torn`
    if (found instanceof Error) (isClear(found) ? refused : unclear).push(`${name}: ${found}`)
    else if (found !== expectedAt(moments, at)) wrong.push(name)
  }
  return [
    { name: 'cuts', value: cuts },
    { name: 'commits in the WAL', value: moments.length - 1 },
    { name: 'opened', value: cuts - refused.length - unclear.length },
    { name: 'refused with a clear reason', value: refused.length },
    none('refused without a clear reason', unclear),
    none('other records than before the cut', wrong),
  ]
}

/** Inserts, claims and settles, each in a commit of its own, and copies the files at the end. */
async function writeHistory(folder: string, whole: string, random: () => number) {
  const file = join(folder, FILES.database)
  const first = sqliteStore(file)
  await first.open()
  await first.insert([newTasklet()])
  // Closing empties the WAL, so from here on it only grows, and its size tells how far it went.
  await first.close()
  const store = sqliteStore(file)
  await store.open()
  const moments: Moment[] = [{ size: 0, records: await describe(store) }]
  let held: readonly Tasklet[] = []
  while (moments.length <= COMMITS) {
    held = await commitOne(store, held, random)
    const { size } = statSync(`${file}-wal`)
    if (size < (moments.at(-1)?.size ?? 0)) throw new Error('the WAL began anew: write less')
    moments.push({ size, records: await describe(store) })
  }
  copyDatabase(folder, whole)
  await store.close()
  return moments
}

/** Inserts, claims or settles: one commit. Returns what is claimed and not settled after it. */
async function commitOne(
  store: Store,
  held: readonly Tasklet[],
  random: () => number,
): Promise<readonly Tasklet[]> {
  const choice = random()
  if (choice < 0.25 && held.length > 0) {
    await store.settle(held.map((tasklet) => settlementOf(tasklet)))
    return []
  }
  if (choice < 0.5) return [...held, ...(await store.claim(claimOf({ limit: 2 })))]
  const input = 'x'.repeat(Math.floor(random() * 3000))
  const count = 1 + Math.floor(random() * 4)
  await store.insert(Array.from({ length: count }, () => newTasklet({ input })))
  return held
}

/** What a copy that is cut at this byte holds, or why it did not open. */
async function openTorn(
  folder: string,
  whole: string,
  at: number,
  torn: number,
  random: () => number,
): Promise<string | Error> {
  const copy = join(folder, 'copy')
  mkdirSync(copy)
  for (const name of [FILES.database, `${FILES.database}-wal`]) {
    copyFileSync(join(whole, name), join(copy, name))
  }
  const wal = join(copy, `${FILES.database}-wal`)
  truncateSync(wal, at)
  appendFileSync(
    wal,
    Uint8Array.from({ length: torn }, () => Math.floor(random() * 256)),
  )
  try {
    return JSON.stringify(await readRecords(join(copy, FILES.database)))
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    rmSync(copy, { recursive: true })
  }
}

function expectedAt(moments: readonly Moment[], at: number): string | undefined {
  return moments.findLast(({ size }) => size <= at)?.records
}

async function describe(store: Store): Promise<string> {
  const { items } = await store.list({ limit: 1000 })
  return JSON.stringify(items.toReversed())
}

/** The error says which file, and what to do about it. */
function isClear(error: Error): boolean {
  return error instanceof StoreError && error.message.includes(FILES.database)
}
