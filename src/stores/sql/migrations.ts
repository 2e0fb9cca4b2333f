import { StoreError } from '../../core/errors.ts'
import type { Dialect } from './dialect.ts'
import { MIGRATIONS, metaTable, SCHEMA_VERSION } from './schema.ts'
import type { SqlConnections, SqlSession } from './session.ts'

const HAS_META = {
  postgres: `SELECT 1 FROM information_schema.tables
    WHERE table_schema = current_schema() AND table_name = 'meta'`,
  mysql: `SELECT 1 FROM information_schema.tables
    WHERE table_schema = database() AND table_name = 'meta'`,
} as const satisfies Record<Dialect['name'], string>

/**
 * A lock of the session, because MySQL ends the transaction, and with it every lock of a row, with
 * each statement that makes a table. It waits for a minute.
 */
const LOCK = {
  postgres: "SELECT pg_advisory_xact_lock(hashtext('setpoint ' || current_schema()))",
  mysql: "SELECT get_lock(left(concat('setpoint ', database()), 64), 60) AS locked",
} as const satisfies Record<Dialect['name'], string>
const UNLOCK = "SELECT release_lock(left(concat('setpoint ', database()), 64))"

/** By number: that a table, an index or a key is there already. */
const IS_THERE: ReadonlySet<unknown> = new Set([1050, 1061])

/** How far a database is: its schema, and statements of the next migration that are done. */
interface Progress {
  readonly version: number
  readonly done: number
}

/**
 * Brings the database to the newest schema. Where statements that make tables cannot be undone, each
 * is noted when it is done, and a migration that was broken off goes on from there.
 * @throws {StoreError} `store_open` when a newer Setpoint has written the database.
 */
export async function migrate(connections: SqlConnections): Promise<void> {
  if ((await schemaVersion(connections)) === SCHEMA_VERSION) return
  await connections.write((session) => migrateLocked(session, connections.dialect))
}

/**
 * The schema of the database, without changing it; 0: Setpoint has not written it yet.
 * @throws {StoreError} `store_open` when a newer Setpoint has.
 */
export function schemaVersion(connections: SqlConnections): Promise<number> {
  return connections.read((session) => versionOf(session, connections.dialect))
}

async function versionOf(session: SqlSession, dialect: Dialect): Promise<number> {
  const hasMeta = (await session.all(HAS_META[dialect.name])).length > 0
  return hasMeta ? (await readProgress(session)).version : 0
}

async function migrateLocked(session: SqlSession, dialect: Dialect): Promise<void> {
  const [answer] = await session.all(LOCK[dialect.name])
  if (dialect.name === 'mysql' && Number(answer?.['locked']) !== 1) {
    throw new StoreError('open', 'another process migrates the database: try again when it is done')
  }
  try {
    await session.run(metaTable(dialect))
    // Read again under the lock: another process may have migrated meanwhile.
    const progress = await readProgress(session)
    await migrateFrom(session, dialect, progress)
  } finally {
    if (dialect.name === 'mysql') await session.all(UNLOCK)
  }
}

async function migrateFrom(session: SqlSession, dialect: Dialect, from: Progress): Promise<void> {
  let done = from.done
  for (let version = from.version; version < SCHEMA_VERSION; version += 1) {
    const statements = MIGRATIONS[version]?.(dialect) ?? []
    for (const [index, statement] of statements.entries()) {
      if (index < done) continue
      await make(session, statement, index === from.done && version === from.version)
      if (dialect.name === 'mysql') await note(session, { version, done: index + 1 })
    }
    done = 0
  }
  await note(session, { version: SCHEMA_VERSION, done: 0 })
}

/** What was made just before a migration was broken off may be there without having been noted. */
async function make(session: SqlSession, statement: string, mayBeThere: boolean): Promise<void> {
  try {
    await session.run(statement)
  } catch (error) {
    if (mayBeThere && error instanceof Error && IS_THERE.has(Reflect.get(error, 'errno'))) return
    throw error
  }
}

async function readProgress(session: SqlSession): Promise<Progress> {
  const [row] = await session.all("SELECT value FROM meta WHERE name = 'schema'")
  if (row === undefined) return { version: 0, done: 0 }
  const [version = 0, done = 0] = String(row['value']).split('+').map(Number)
  if (version <= SCHEMA_VERSION) return { version, done }
  throw new StoreError(
    'open',
    `the database was written by a newer Setpoint (schema ${version}, this one knows up to ${SCHEMA_VERSION}): upgrade Setpoint or use another database`,
  )
}

async function note(session: SqlSession, { version, done }: Progress): Promise<void> {
  const value = done === 0 ? String(version) : `${version}+${done}`
  const found = await session.run("UPDATE meta SET value = ? WHERE name = 'schema'", [value])
  if (found === 0) await session.run("INSERT INTO meta (name, value) VALUES ('schema', ?)", [value])
}
