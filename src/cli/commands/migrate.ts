import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { StoreError } from '../../core/errors.ts'
import { inspectDatabase } from '../../stores/sqlite/inspection.ts'
import { SCHEMA_VERSION } from '../../stores/sqlite/schema.ts'
import { withNewDatabase } from '../database.ts'
import { isServer } from '../engines/address.ts'
import { inspectServerAt } from '../engines/stores.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import { type DatabaseOption, databaseOption, type JsonOption, jsonOption } from '../options.ts'
import { printable, styleFor } from '../style.ts'
import type { CommandContext } from './context.ts'

interface MigrateOptions extends DatabaseOption, JsonOption {
  readonly check?: true
}

export function addMigrate(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('migrate')
    .description('bring the database to the newest schema, or make it')
    .option('--check', 'only say whether it is needed')
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (options: MigrateOptions) => end(await migrate(options, io)))
}

const EXAMPLES = `
Every start does the same by itself: this is for those who want it done, or known, before. Processes
of an older Setpoint cannot open the database afterwards: back it up and stop them first. With --check
nothing is changed, and exit code 1 says that it is needed.

Examples:
  $ setpoint migrate
  $ setpoint migrate --check --db postgres://app@db/app || echo "not yet"
`

/** How far a database is. */
interface State {
  /** Without what is secret. */
  readonly place: string
  /** 0: Setpoint has not written it yet. */
  readonly schema: number
  readonly newest: number
}

async function migrate({ db, check, json }: MigrateOptions, io: Io): Promise<number> {
  const before = await stateOf(db)
  const isWanted = before.schema !== before.newest && check !== true
  if (isWanted) await withNewDatabase(db, async () => {})
  const { place, schema, newest } = isWanted ? await stateOf(db) : before
  if (json) writeJson(io.stdout, { database: place, from: before.schema, to: schema, newest })
  else writeLine(io.stdout, describe(before, schema, io))
  return schema === newest ? EXIT.done : EXIT.failed
}

/** @throws {StoreError} for one that is damaged, out of reach, or written by a newer Setpoint. */
async function stateOf(db: string): Promise<State> {
  if (isServer(db)) {
    const { place, schema, ownSchema: newest } = await inspectServerAt(db)
    return { place, schema, newest }
  }
  if (!existsSync(db)) return { place: db, schema: 0, newest: SCHEMA_VERSION }
  const { schema, damage, ownSchema } = inspectDatabase(db)
  if (damage !== undefined) {
    throw new StoreError('open', `${db} is damaged (${damage}): restore it from a backup`)
  }
  if (schema <= ownSchema) return { place: db, schema, newest: ownSchema }
  throw new StoreError(
    'open',
    `${db} was written by a newer Setpoint (schema ${schema}, this one knows up to ${ownSchema}): upgrade Setpoint or use another database`,
  )
}

function describe({ place, schema: from, newest }: State, to: number, io: Io): string {
  const { green, yellow } = styleFor(io.stdout, io.env)
  const name = printable(place)
  if (to !== newest) {
    const now = to === 0 ? 'has no schema yet' : `has schema ${to}`
    return `${yellow('!')} ${name} ${now}: "setpoint migrate" brings it to ${newest}`
  }
  if (from === newest) return `${green('✔')} ${name} has the newest schema, ${newest}`
  const how = from === 0 ? 'made with' : `brought from schema ${from} to`
  return `${green('✔')} ${name} is ${how} ${from === 0 ? 'schema ' : ''}${newest}`
}
