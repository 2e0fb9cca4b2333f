import type { Pool, PoolConnection } from 'mysql2/promise'
import { StoreError } from '../../core/errors.ts'
import type { Dialect } from '../sql/dialect.ts'
import type { SqlConnections, SqlSession } from '../sql/session.ts'
import { mysqlDialect } from './dialect.ts'
import { isDuplicate, isOfNoUse, isPassing, toOpenError, toStoreError } from './failures.ts'
import { ForeignChanges } from './foreign.ts'
import { Numbers } from './numbers.ts'
import type { MysqlOptions } from './options.ts'
import { describeServer, type Server, sessionSettings } from './server.ts'
import { MysqlSession } from './session.ts'

const CONNECTIONS = 10
const POLL_INTERVAL = 200
const CONNECT_TIMEOUT = 10_000
/** Milliseconds of silence after which it is asked whether the other end is still there. */
const KEEP_ALIVE = 10_000
/** Of one connection; the server keeps some ten thousand for all. */
const PREPARED_STATEMENTS = 200
/** A transaction is run so often before its deadlock is told. */
const RUNS = 20

/** @throws {StoreError} `store_open` that says what to do. */
export async function openConnections(url: string, options: MysqlOptions): Promise<SqlConnections> {
  const { connections, isDurable } = await connect(url, options)
  if (!isDurable) warn(toPlace(url))
  return connections
}

/** As `openConnections`, without a word. */
export async function connect(
  url: string,
  options: MysqlOptions,
): Promise<{ readonly connections: SqlConnections; readonly isDurable: boolean }> {
  const place = toPlace(url)
  const pool = await createPool(url, options)
  try {
    const server = await describe(pool)
    const connections = new MysqlConnections(pool, server, { place, ...options })
    return { connections, isDurable: server.isDurable }
  } catch (error) {
    await pool.end()
    throw toOpenError(error, place)
  }
}

class MysqlConnections implements SqlConnections {
  readonly dialect: Dialect
  readonly isDuplicate = isDuplicate
  readonly #pool: Pool
  readonly #place: string
  readonly #settings: readonly string[]
  readonly #maxPacket: number
  readonly #numbers: Numbers
  readonly #foreign: ForeignChanges
  /** Connections that have the settings. */
  readonly #settled = new WeakSet<object>()
  #closed: Promise<void> | undefined

  constructor(pool: Pool, server: Server, options: MysqlOptions & { readonly place: string }) {
    this.#pool = pool
    this.#place = options.place
    this.dialect = mysqlDialect(server.collation)
    this.#settings = sessionSettings(server)
    this.#maxPacket = server.maxPacket
    this.#numbers = new Numbers(server.step)
    this.#foreign = new ForeignChanges(
      (work) => this.read(work),
      options.pollInterval ?? POLL_INTERVAL,
    )
  }

  read<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return this.#use(work)
  }

  async write<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    for (let run = 1; ; run += 1) {
      try {
        return await this.#use((session) => session.inTransaction('COMMIT', work))
      } catch (error) {
        if (!isPassing(error) || run >= RUNS) throw error
        await pause(Math.random() * Math.min(2 ** run, 50))
      }
    }
  }

  numbers(count: number): Promise<readonly number[]> {
    return this.#use((session) =>
      session.inTransaction('ROLLBACK', (own) => this.#numbers.take(count, own)),
    )
  }

  told(): void {
    this.#foreign.tell()
  }

  doubted(): void {
    this.#foreign.doubt()
  }

  onForeignChange(listener: () => void): () => void {
    return this.#foreign.listen(listener)
  }

  close(): Promise<void> {
    this.#closed ??= this.#foreign.close().then(() => this.#pool.end())
    return this.#closed
  }

  async #use<T>(work: (session: MysqlSession) => Promise<T>): Promise<T> {
    let connection: PoolConnection | undefined
    try {
      connection = await this.#pool.getConnection()
      await this.#settle(connection)
      return await work(new MysqlSession(connection, this.#maxPacket))
    } catch (error) {
      if (isOfNoUse(error)) connection?.destroy()
      throw toStoreError(error, this.#place)
    } finally {
      connection?.release()
    }
  }

  async #settle(connection: PoolConnection): Promise<void> {
    if (this.#settled.has(connection.connection)) return
    for (const setting of this.#settings) await connection.query(setting)
    this.#settled.add(connection.connection)
    this.#numbers.doubt()
  }
}

async function createPool(url: string, options: MysqlOptions): Promise<Pool> {
  const { createPool } = await loadDriver()
  return createPool({
    uri: url,
    connectionLimit: options.connections ?? CONNECTIONS,
    connectTimeout: options.connectTimeout ?? CONNECT_TIMEOUT,
    maxPreparedStatements: PREPARED_STATEMENTS,
    keepAliveInitialDelay: KEEP_ALIVE,
    charset: 'utf8mb4_bin',
    decimalNumbers: true,
  })
}

async function loadDriver(): Promise<typeof import('mysql2/promise')> {
  try {
    return await import('mysql2/promise')
  } catch (error) {
    throw new StoreError('open', 'MySQL needs the package mysql2: npm install mysql2', {
      cause: error,
    })
  }
}

async function describe(pool: Pool): Promise<Server> {
  const connection = await pool.getConnection()
  try {
    return await describeServer(connection)
  } finally {
    connection.release()
  }
}

/** Its owner may want it so; who does not has to hear of it, and nothing else would tell. */
function warn(place: string): void {
  process.emitWarning(
    `${place} may lose what it has acknowledged when its machine stops: set innodb_flush_log_at_trx_commit = 1`,
    { code: 'SETPOINT_DURABILITY' },
  )
}

/** The URL without what is secret. */
export function toPlace(url: string): string {
  if (!URL.canParse(url)) return 'MySQL'
  const { host, pathname } = new URL(url)
  return `mysql://${host}${pathname}`
}

function pause(delay: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delay))
}
