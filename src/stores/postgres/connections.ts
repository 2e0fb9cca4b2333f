import type { Pool, PoolClient, PoolConfig } from 'pg'
import { StoreError } from '../../core/errors.ts'
import type { SqlConnections, SqlParameter, SqlRow, SqlSession } from '../sql/session.ts'
import { DIALECT } from './dialect.ts'
import {
  isDuplicate,
  isLost,
  isOfNoUse,
  isRefused,
  isRetried,
  toOpenError,
  toStoreError,
} from './failures.ts'
import { ForeignChanges } from './foreign.ts'
import type { PostgresOptions } from './options.ts'
import { type Query, Statements } from './statements.ts'

type Driver = Pick<typeof import('pg'), 'Pool' | 'Client' | 'types'>

/**
 * Who disappears in the middle of a transaction must not keep the others out of a queue for hours,
 * until the server notices. Every statement is written for an index. A planner that knows an empty queue from its statistics
 * would read the full one from end to end, or compile what takes less time to run.
 */
const SETTINGS = {
  default_transaction_isolation: 'read committed',
  enable_seqscan: 'off',
  jit: 'off',
  idle_in_transaction_session_timeout: '10s',
}

/** Milliseconds for a connection to be made. */
const CONNECT_TIMEOUT = 10_000
/** Milliseconds of silence after which it is asked whether the other end is still there. */
const KEEP_ALIVE = 10_000
const CONNECTIONS = 10
const NO_SETTINGS = `the connection does not keep what it begins with (search_path): leave "options" out of the URL, and connect to the server itself, or through a pooler of whole sessions that lets "options" pass`
/** A transaction is run so often before its deadlock is told. */
const RUNS = 20

/** @throws {StoreError} `store_open` that says what to do. */
export async function openConnections(
  url: string,
  options: PostgresOptions,
): Promise<SqlConnections> {
  const connections = await connect(url, options)
  try {
    await connections.createSchema()
    await connections.requireSchema()
    return connections
  } catch (error) {
    await connections.close()
    throw toOpenError(error, toPlace(url))
  }
}

/**
 * Connections to be made when they are used, to a schema that need not be there.
 * @throws {StoreError} `store_open` when there is no driver.
 */
export async function connect(url: string, options: PostgresOptions): Promise<PostgresConnections> {
  const place = toPlace(url)
  const driver = await loadDriver()
  const schema = options.schema ?? 'setpoint'
  const config: PoolConfig = {
    connectionString: url,
    application_name: 'setpoint',
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE,
    // Statements that need nothing of each other share a round trip.
    pipeline: true,
    max: options.connections ?? CONNECTIONS,
    types: { getTypeParser: toTypeParser(driver) },
    options: toOptions({ search_path: quote(schema), ...SETTINGS }),
  }
  return new PostgresConnections(driver, config, { place, schema })
}

class PostgresConnections implements SqlConnections {
  readonly dialect = DIALECT
  readonly isDuplicate = isDuplicate
  readonly #pool: Pool
  readonly #place: string
  readonly #schema: string
  readonly #statements = new Statements()
  readonly #foreign: ForeignChanges
  #closed: Promise<void> | undefined

  constructor(driver: Driver, config: PoolConfig, at: { place: string; schema: string }) {
    this.#place = at.place
    this.#schema = at.schema
    this.#pool = new driver.Pool(config)
    // The pool drops an idle connection that breaks, and the next call makes a new one or rejects.
    this.#pool.on('error', ignore)
    // An error between two queries, or before the first: the next query meets it. Without anybody
    // who listens it would end the process.
    this.#pool.on('connect', (client) => client.on('error', ignore))
    this.#foreign = new ForeignChanges(() => new driver.Client(config), at.schema)
  }

  async createSchema(): Promise<void> {
    const found = await this.read((session) =>
      session.all('SELECT 1 FROM pg_namespace WHERE nspname = ?', [this.#schema]),
    )
    if (found.length > 0) return
    try {
      await this.read((session) =>
        session.run(`CREATE SCHEMA IF NOT EXISTS ${quote(this.#schema)}`),
      )
    } catch (error) {
      // Two that create it at once: it is there.
      if (!isDuplicate(error)) throw error
    }
  }

  /** A pooler between may ignore what a connection begins with, and the tables would stand elsewhere. */
  async requireSchema(): Promise<void> {
    // As a name, because long ones are cut off.
    const sql = 'SELECT current_schema() = ?::text::name AS kept'
    const [row] = await this.read((session) => session.all(sql, [this.#schema]))
    if (row?.['kept'] === true) return
    throw new StoreError('open', `${this.#place}: ${NO_SETTINGS}`)
  }

  async read<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return this.#use(work)
  }

  async write<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    for (let run = 1; ; run += 1) {
      try {
        return await this.#use((session) => session.inTransaction(work))
      } catch (error) {
        if (!isRetried(error) || run >= RUNS) throw error
        await pause(Math.random() * Math.min(2 ** run, 50))
      }
    }
  }

  async numbers(count: number): Promise<readonly number[]> {
    const sql = `SELECT nextval('tasklet_sequence') AS number FROM generate_series(1, ?::int)`
    const rows = await this.read((session) => session.all(sql, [count]))
    return rows.map(({ number }) => Number(number)).sort((one, other) => one - other)
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
    this.#closed ??= Promise.all([this.#pool.end(), this.#foreign.close()]).then(() => undefined)
    return this.#closed
  }

  async #use<T>(work: (session: PostgresSession) => Promise<T>): Promise<T> {
    let client: PoolClient | undefined
    let broken = false
    try {
      client = await this.#pool.connect()
      return await work(new PostgresSession(client, this.#statements))
    } catch (error) {
      broken = isOfNoUse(error)
      throw toStoreError(error, this.#place)
    } finally {
      client?.release(broken)
    }
  }
}

class PostgresSession implements SqlSession {
  readonly #client: PoolClient
  readonly #statements: Statements
  #later: Promise<unknown>[] = []

  constructor(client: PoolClient, statements: Statements) {
    this.#client = client
    this.#statements = statements
  }

  async all(sql: string, values: readonly SqlParameter[] = []): Promise<readonly SqlRow[]> {
    const { rows } = await this.#client.query<SqlRow>(this.#statements.toQuery(sql, values))
    return rows
  }

  async run(sql: string, values: readonly SqlParameter[] = []): Promise<number> {
    const { rowCount } = await this.#client.query(this.#statements.toQuery(sql, values))
    return rowCount ?? 0
  }

  later(sql: string, values: readonly SqlParameter[] = []): void {
    this.#send(this.#statements.toQuery(sql, values))
  }

  /** The beginning and the end travel with the statements beside them. */
  async inTransaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    try {
      this.#send('BEGIN')
      const result = await work(this)
      this.#send('COMMIT')
      // Upon a failure of what was sent before it, the commit has become a rollback.
      await Promise.all(this.#later)
      return result
    } catch (error) {
      if (!isLost(error)) await this.#client.query('ROLLBACK')
      throw await this.#causeOf(error)
    }
  }

  /** After a failure every statement of the transaction is refused: what failed first says why. */
  async #causeOf(error: unknown): Promise<unknown> {
    const outcomes = await Promise.allSettled(this.#later)
    const failures = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    return [error, ...failures].find((one) => !isRefused(one)) ?? error
  }

  #send(query: string | Query): void {
    const sent = this.#client.query(query)
    // Whoever awaits it later meets its error.
    sent.catch(ignore)
    this.#later.push(sent)
  }
}

async function loadDriver(): Promise<Driver> {
  try {
    const { default: pg } = await import('pg')
    return pg
  } catch (error) {
    throw new StoreError('open', 'PostgreSQL needs the package pg: npm install pg', {
      cause: error,
    })
  }
}

const INT8 = 20
const NUMERIC = 1700

/** Sums of integers are numerics there. */
function toTypeParser({ types }: Driver): Driver['types']['getTypeParser'] {
  const getTypeParser = (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 || oid === NUMERIC ? Number : types.getTypeParser(oid, format)
  return getTypeParser as Driver['types']['getTypeParser']
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** What a connection begins with; spaces separate there. */
function toOptions(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\ ]/g, '\\$&')}`)
    .join(' ')
}

/** The URL without what is secret. */
export function toPlace(url: string): string {
  if (!URL.canParse(url)) return 'PostgreSQL'
  const { host, pathname } = new URL(url)
  return `postgres://${host}${pathname}`
}

function ignore(): void {
  // Told by the query that meets it.
}

function pause(delay: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delay))
}
