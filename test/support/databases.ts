import mysql, { type Connection } from 'mysql2/promise'
import { Client } from 'pg'
import { inject, onTestFinished } from 'vitest'
import type { Store } from '../../src/ports/store.ts'
import type { MysqlOptions } from '../../src/stores/mysql/options.ts'
import { mysqlStore } from '../../src/stores/mysql/store.ts'
import type { PostgresOptions } from '../../src/stores/postgres/options.ts'
import { postgresStore } from '../../src/stores/postgres/store.ts'
import { toPrefix } from './databases-of-runs.ts'
import { urlOf } from './services.ts'

/**
 * A schema or a database costs a tenth of a second and more to create, and nothing to empty: so each
 * worker of a run keeps the ones it has created, for its next test and for its next file.
 */
class Databases<C> {
  readonly #prefix: string
  readonly #taken = new Set<string>()
  readonly #connect: () => Promise<C>
  readonly #prepare: (connection: C, name: string) => Promise<void>
  #connection: Promise<C> | undefined

  constructor(connect: () => Promise<C>, prepare: (connection: C, name: string) => Promise<void>) {
    this.#connect = connect
    this.#prepare = prepare
    this.#prefix = `${toPrefix(inject('run'))}${process.env.VITEST_POOL_ID ?? '0'}_`
  }

  /** The name of one that nobody else has until it is released or the test is over. */
  take(): string {
    let place = 0
    while (this.#taken.has(`${this.#prefix}${place}`)) place += 1
    const name = `${this.#prefix}${place}`
    this.#taken.add(name)
    onTestFinished(() => this.release(name))
    return name
  }

  release(name: string): void {
    this.#taken.delete(name)
  }

  /** Creates or empties it. */
  async prepare(name: string): Promise<void> {
    this.#connection ??= this.#connect()
    await this.#prepare(await this.#connection, name)
  }

  /** The stores have it to themselves from the first opening to the last closing. */
  keepFor<S extends readonly Store[]>(stores: S, name: string): S {
    let prepared: Promise<void> | undefined
    const isOpen = new Set<Store>()
    for (const store of stores) {
      const open = store.open.bind(store)
      const close = store.close.bind(store)
      store.open = async () => {
        prepared ??= this.prepare(name)
        await prepared
        isOpen.add(store)
        await open()
      }
      store.close = async () => {
        await close()
        if (isOpen.delete(store) && isOpen.size === 0) this.release(name)
      }
    }
    return stores
  }
}

const schemas = new Databases(connectPostgres, prepareSchema)
const databases = new Databases(connectMysql, prepareDatabase)

/** The name of an empty schema of the PostgreSQL at `urlOf('postgres')`; it may hold empty tables. */
export async function newPostgresSchema(): Promise<string> {
  const name = schemas.take()
  await schemas.prepare(name)
  return name
}

/** The URL of an empty database of the MySQL at `urlOf('mysql')`; it may hold empty tables. */
export async function newMysqlDatabase(): Promise<string> {
  const name = databases.take()
  await databases.prepare(name)
  return toMysqlUrl(name)
}

/** A store in a schema of its own, which is created or emptied when the store is opened. */
export function newPostgresStore(options?: PostgresOptions): Store {
  return newPostgresStores(options)[0]
}

/** Two stores in one schema. */
export function newPostgresStores(options?: PostgresOptions): readonly [Store, Store] {
  const schema = schemas.take()
  const make = () => postgresStore(urlOf('postgres'), { ...options, schema })
  return schemas.keepFor([make(), make()], schema)
}

/** A store in a database of its own, which is created or emptied when the store is opened. */
export function newMysqlStore(options?: MysqlOptions): Store {
  return newMysqlStores(options)[0]
}

/** Two stores in one database. */
export function newMysqlStores(options?: MysqlOptions): readonly [Store, Store] {
  const name = databases.take()
  const make = () => mysqlStore(toMysqlUrl(name), options)
  return databases.keepFor([make(), make()], name)
}

function toMysqlUrl(database: string): string {
  const url = new URL(urlOf('mysql'))
  url.pathname = `/${database}`
  return url.href
}

async function connectPostgres(): Promise<Client> {
  const client = new Client({ connectionString: urlOf('postgres') })
  await client.connect()
  return client
}

async function prepareSchema(client: Client, name: string): Promise<void> {
  const { rows } = await client.query(
    "SELECT tablename FROM pg_tables WHERE schemaname = $1 AND tablename <> 'meta'",
    [name],
  )
  const emptied = rows.map(({ tablename }) => `DELETE FROM ${name}.${tablename}`)
  await client.query([`CREATE SCHEMA IF NOT EXISTS ${name}`, ...emptied].join(';'))
}

function connectMysql(): Promise<Connection> {
  return mysql.createConnection({ uri: urlOf('mysql'), multipleStatements: true })
}

async function prepareDatabase(connection: Connection, name: string): Promise<void> {
  const [rows] = await connection.query(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = ? AND table_name <> 'meta'`,
    [name],
  )
  const emptied = (rows as { name: string }[]).map((table) => `DELETE FROM ${name}.${table.name};`)
  await connection.query(`CREATE DATABASE IF NOT EXISTS ${name};
    BEGIN; ${emptied.join(' ')} COMMIT`)
}
