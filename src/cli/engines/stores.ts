import { InputError } from '../../core/errors.ts'
import type { Store } from '../../ports/store.ts'
import { sqliteStore } from '../../stores/sqlite/store.ts'
import { schemeOf, withoutPassword } from './address.ts'

/** By scheme; each is loaded when it is asked for, its driver when it is opened. */
const SERVERS: Readonly<Record<string, (url: string) => Promise<Store>>> = {
  postgres: toPostgres,
  postgresql: toPostgres,
  mysql: toMysql,
  mariadb: toMysql,
}

/**
 * The database at a file or at the URL of a server, not open yet.
 * @throws {InputError} for a scheme that no store has.
 */
export async function storeAt(db: string): Promise<Store> {
  const scheme = schemeOf(db)
  if (scheme === undefined) return sqliteStore(db)
  const toStore = Object.hasOwn(SERVERS, scheme) ? SERVERS[scheme] : undefined
  if (toStore !== undefined) return toStore(db)
  throw new InputError(
    `${withoutPassword(db)} is no database: give a file, postgres://…, mysql://… or mariadb://…`,
  )
}

async function toPostgres(url: string): Promise<Store> {
  const { postgresStore } = await import('../../stores/postgres/store.ts')
  return postgresStore(url)
}

async function toMysql(url: string): Promise<Store> {
  const { mysqlStore } = await import('../../stores/mysql/store.ts')
  return mysqlStore(url.replace(/^mariadb:/i, 'mysql:'))
}
