import { existsSync } from 'node:fs'
import { StoreError } from '../../core/errors.ts'
import { type Inspection, inspectDatabase } from '../../stores/sqlite/inspection.ts'
import { sqliteStore } from '../../stores/sqlite/store.ts'
import { checkContent } from './content.ts'
import { type Finding, ok, problem, warning } from './finding.ts'
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
    return isUsable ? [...findings, ...(await readContent(file))] : findings
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

async function readContent(file: string): Promise<readonly Finding[]> {
  const store = sqliteStore(file, { check: false })
  await store.open()
  try {
    return await checkContent(store, false)
  } finally {
    await store.close()
  }
}
