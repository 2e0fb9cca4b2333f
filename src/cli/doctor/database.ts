import { existsSync } from 'node:fs'
import { StoreError } from '../../core/errors.ts'
import type { Store } from '../../ports/store.ts'
import { systemClock } from '../../runtime/clock.ts'
import { toHealthThresholds } from '../../runtime/operations/health.ts'
import { readStats } from '../../runtime/operations/stats.ts'
import { type Inspection, inspectDatabase } from '../../stores/sqlite/inspection.ts'
import { sqliteStore } from '../../stores/sqlite/store.ts'
import { type Finding, ok, problem, warning } from './finding.ts'
import { checkHealth } from './health.ts'
import { checkOwners } from './owners.ts'
import { formatBytes, MIB } from './sizes.ts'
import { checkStorage } from './storage.ts'

/** The database and where it is. Neither makes one nor brings one to a newer schema. */
export async function checkDatabase(file: string): Promise<readonly Finding[]> {
  const storage = await checkStorage(file)
  if (!existsSync(file)) {
    return [...storage, ok('database', `none yet at ${file}: the first run or submit makes it`)]
  }
  try {
    const inspection = inspectDatabase(file)
    const findings = [...storage, ...describe(file, inspection)]
    const isUsable = inspection.damage === undefined && inspection.schema === inspection.ownSchema
    return isUsable ? [...findings, ...(await checkContent(file))] : findings
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    const fix = 'see docs/operations.md, "The database"'
    return [...storage, problem('database', error.message, fix)]
  }
}

const LARGE_WAL = 128 * MIB

function describe(file: string, { size, walSize, ...rest }: Inspection): readonly Finding[] {
  const head = `${file}, ${formatBytes(size)}`
  const found = [checkSoundness(head, rest)]
  if (walSize > LARGE_WAL) {
    const message = `the log beside the database has grown to ${formatBytes(walSize)}`
    const fix =
      'something reads it without a pause (a backup, a shell, a stuck process): end that, and the log is emptied'
    found.push(warning('wal', message, fix))
  }
  return found
}

export function checkSoundness(
  head: string,
  { damage, schema, ownSchema }: Pick<Inspection, 'damage' | 'schema' | 'ownSchema'>,
): Finding {
  if (damage !== undefined) {
    const fix = 'stop every process that uses it and restore it from a backup (docs/operations.md)'
    return problem('database', `${head} is damaged: ${damage}`, fix)
  }
  if (schema > ownSchema) {
    const message = `${head} was written by a newer Setpoint: schema ${schema}, this one knows up to ${ownSchema}`
    return problem('database', message, 'upgrade Setpoint, or name another file with --db')
  }
  if (schema < ownSchema) {
    const message = `${head}, schema ${schema}: the next start brings it to ${ownSchema}`
    return warning('database', message, 'back it up first: an older Setpoint cannot read it then')
  }
  return ok('database', `${head}, schema ${schema}, sound`)
}

async function checkContent(file: string): Promise<readonly Finding[]> {
  const store = sqliteStore(file, { check: false })
  await store.open()
  try {
    const thresholds = toHealthThresholds()
    const services = { thresholds, queueNames: [], maxSize: () => undefined }
    const stats = await readStats({ ...services, store, clock: systemClock })
    const owners = checkOwners(await store.owners())
    return [...owners, ...(await checkFuture(store)), ...checkHealth(stats)]
  } finally {
    await store.close()
  }
}

/** Ids and records are made a little ahead of the clock at most. */
const TOLERANCE = 5000

/** Work from the future means that a clock has gone back. */
async function checkFuture(store: Store): Promise<readonly Finding[]> {
  const { items } = await store.list({ limit: 1 })
  const ahead = Math.max(...items.map(({ createdAt }) => createdAt)) - systemClock.now()
  if (!(ahead > TOLERANCE)) return []
  const message = `the newest tasklet was made ${Math.round(ahead / 1000)} s in the future`
  const fix = 'a clock was wrong or is: compare this one with `date -u` elsewhere, and use NTP'
  return [problem('clock', message, fix)]
}
