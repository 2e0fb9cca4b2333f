import { StoreError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ServerInspection } from '../../stores/sql/inspection.ts'
import { inspectServerAt, storeAt } from '../engines/stores.ts'
import { checkContent } from './content.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

/** The database on a server. Neither makes one nor brings one to a newer schema. */
export async function checkDatabaseServer(db: string, clock: Clock): Promise<readonly Finding[]> {
  try {
    const inspection = await inspectServerAt(db)
    const findings = [...describe(inspection), ...checkSkew(inspection.now, clock.now())]
    if (inspection.schema !== inspection.ownSchema) return findings
    return [...findings, ...(await readContent(db))]
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    return [problem('database', error.message, 'start the server, or correct --db (SETPOINT_DB)')]
  }
}

async function readContent(db: string): Promise<readonly Finding[]> {
  const store = await storeAt(db)
  await store.open()
  try {
    return await checkContent(store, true)
  } finally {
    await store.close()
  }
}

export function describe(inspection: ServerInspection): readonly Finding[] {
  return [checkSchema(inspection), ...checkWritable(inspection), ...checkDurability(inspection)]
}

function checkSchema({ server, place, schema, ownSchema }: ServerInspection): Finding {
  const head = `${server}, ${place}`
  if (schema === 0) return ok('database', `${head}, no schema yet: the first start makes it`)
  if (schema === ownSchema) return ok('database', `${head}, schema ${schema}`)
  const message = `${head}, schema ${schema}: the next start, or \`setpoint migrate\`, brings it to ${ownSchema}`
  const fix =
    'back it up and stop the processes of an older Setpoint first: they cannot read it then'
  return warning('database', message, fix)
}

function checkWritable({ isReadOnly }: ServerInspection): readonly Finding[] {
  if (!isReadOnly) return []
  return [problem('database', 'the server is read-only', 'name the primary with --db')]
}

function checkDurability({ faults }: ServerInspection): readonly Finding[] {
  if (faults.length === 0)
    return [ok('durability', 'what is committed is on the disk of the server')]
  return faults.map(({ setting, danger, remedy }) =>
    warning('durability', `${setting}: ${danger}`, remedy),
  )
}

/** Milliseconds. Delays, schedules and the ends of leases go by the clock of each process. */
const SKEW = 2000

function checkSkew(theirs: number, now: number): readonly Finding[] {
  const apart = Math.abs(theirs - now)
  if (apart <= SKEW) return []
  const message = `the clock of the server is ${Math.round(apart / 1000)} s away from this one`
  return [warning('clock', message, 'set those of all machines by NTP')]
}
