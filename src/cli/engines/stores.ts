import { InputError } from '../../core/errors.ts'
import type { Store } from '../../ports/store.ts'
import type { ServerInspection } from '../../stores/sql/inspection.ts'
import { sqliteStore } from '../../stores/sqlite/store.ts'
import { requireUrl, schemeOf, withoutPassword } from './address.ts'
import { toServer } from './server-options.ts'

/** Loaded when it is asked for; its driver when it is opened. */
interface Engine {
  toStore(url: string): Promise<Store>
  inspect(url: string): Promise<ServerInspection>
}

const postgres: Engine = {
  async toStore(url) {
    const { postgresStore } = await import('../../stores/postgres/store.ts')
    const { url: server, connections, schema } = toServer(url)
    return postgresStore(server, { connections, schema })
  },
  async inspect(url) {
    const { inspectPostgres } = await import('../../stores/postgres/inspection.ts')
    const { url: server, schema } = toServer(url)
    return inspectPostgres(server, { schema })
  },
}

const mysql: Engine = {
  async toStore(url) {
    const { mysqlStore } = await import('../../stores/mysql/store.ts')
    const { url: server, connections, pollInterval } = toServer(url)
    return mysqlStore(toMysqlUrl(server), { connections, pollInterval })
  },
  async inspect(url) {
    const { inspectMysql } = await import('../../stores/mysql/inspection.ts')
    return inspectMysql(toMysqlUrl(toServer(url).url))
  },
}

/** By scheme. */
const SERVERS: Readonly<Record<string, Engine>> = {
  postgres,
  postgresql: postgres,
  mysql,
  mariadb: mysql,
}

/**
 * The database at a file or at the URL of a server, not open yet.
 * @throws {InputError} for a scheme that no store has, and for what is no URL.
 */
export async function storeAt(db: string): Promise<Store> {
  if (schemeOf(db) === undefined) return sqliteStore(db)
  return engineOf(db).toStore(requireUrl(db))
}

/**
 * Looks at the server at the URL, and changes nothing there.
 * @throws {InputError} as `storeAt`, and {StoreError} when it cannot be reached.
 */
export async function inspectServerAt(url: string): Promise<ServerInspection> {
  return engineOf(url).inspect(requireUrl(url))
}

function engineOf(url: string): Engine {
  const scheme = schemeOf(url) ?? ''
  const engine = Object.hasOwn(SERVERS, scheme) ? SERVERS[scheme] : undefined
  if (engine !== undefined) return engine
  throw new InputError(
    `${withoutPassword(url)} is no database: give a file, postgres://…, mysql://… or mariadb://…`,
  )
}

function toMysqlUrl(url: string): string {
  return url.replace(/^mariadb:/i, 'mysql:')
}
