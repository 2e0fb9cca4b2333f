import { schemaVersion } from './migrations.ts'
import { SCHEMA_VERSION } from './schema.ts'
import type { SqlConnections, SqlRow } from './session.ts'

/** What a server is like, as far as it can be told without changing anything there. */
export interface ServerInspection {
  /** What it is and its version: `PostgreSQL 15.4`. */
  readonly server: string
  /** Its URL without what is secret. */
  readonly place: string
  /** 0: Setpoint has not written there yet. */
  readonly schema: number
  /** What this Setpoint writes. */
  readonly ownSchema: number
  /** Its clock; milliseconds since the epoch. */
  readonly now: number
  readonly isReadOnly: boolean
  /** Settings by which it may lose what it has acknowledged. */
  readonly faults: readonly ServerFault[]
}

export interface ServerFault {
  /** As the server shows it: `fsync = off`. */
  readonly setting: string
  /** What may come of it. */
  readonly danger: string
  /** What to set instead. */
  readonly remedy: string
}

/** What each engine reads in one row, and how it understands it. */
export interface ServerQuestions {
  readonly sql: string
  toAnswers(row: SqlRow): Pick<ServerInspection, 'server' | 'now' | 'isReadOnly' | 'faults'>
}

/**
 * Asks, and closes the connections.
 * @throws {StoreError} when it cannot be reached, or when a newer Setpoint has written the database.
 */
export async function inspectServer(
  connections: SqlConnections,
  place: string,
  { sql, toAnswers }: ServerQuestions,
): Promise<ServerInspection> {
  try {
    const [row = {}] = await connections.read((session) => session.all(sql))
    const schema = await schemaVersion(connections)
    return { ...toAnswers(row), place, schema, ownSchema: SCHEMA_VERSION }
  } finally {
    await connections.close()
  }
}
