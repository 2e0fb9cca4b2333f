import type { PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise'
import { StoreError } from '../../core/errors.ts'
import type { SqlParameter, SqlRow, SqlSession } from '../sql/session.ts'
import { isLost, isPassing } from './failures.ts'

/** Bytes of a packet besides the values. */
const OVERHEAD = 4096

/**
 * The statements of one user of a connection, one after the other. A deadlock ends the transaction
 * at the server, where a statement that came after it would be committed on its own: so none is sent
 * any more.
 */
export class MysqlSession implements SqlSession {
  readonly #connection: PoolConnection
  readonly #maxPacket: number
  /** Resolves when everything that was asked for has been done or has failed. */
  #last: Promise<void> = Promise.resolve()
  #failure: { readonly error: unknown } | undefined

  /** `maxPacket`: the most bytes that the server takes at once. */
  constructor(connection: PoolConnection, maxPacket: number) {
    this.#connection = connection
    this.#maxPacket = maxPacket
  }

  async all(sql: string, values: readonly SqlParameter[] = []): Promise<readonly SqlRow[]> {
    const [rows] = await this.#send<RowDataPacket[]>(sql, values, endsTransaction)
    return rows
  }

  async run(sql: string, values: readonly SqlParameter[] = []): Promise<number> {
    const [result] = await this.#send<ResultSetHeader>(sql, values, endsTransaction)
    return result.affectedRows
  }

  later(sql: string, values: readonly SqlParameter[] = []): void {
    void this.#send(sql, values, () => true).catch(() => undefined)
  }

  async inTransaction<T>(
    end: 'COMMIT' | 'ROLLBACK',
    work: (session: SqlSession) => Promise<T>,
  ): Promise<T> {
    await this.#connection.query('BEGIN')
    try {
      const result = await work(this)
      await this.#last
      if (this.#failure !== undefined) throw this.#failure.error
      await this.#connection.query(end)
      return result
    } catch (error) {
      this.#failure ??= { error }
      await this.#last
      if (!isLost(error)) await this.#connection.query('ROLLBACK')
      throw error
    }
  }

  /** Statements that can have values are prepared, and keep the types of these apart from text. */
  #send<T extends RowDataPacket[] | ResultSetHeader>(
    sql: string,
    values: readonly SqlParameter[],
    endsAll: (error: unknown) => boolean,
  ) {
    const sent = this.#last.then(() => {
      if (this.#failure !== undefined) throw this.#failure.error
      requireFit(values, this.#maxPacket - OVERHEAD)
      return values.length === 0
        ? this.#connection.query<T>(sql)
        : this.#connection.execute<T>(sql, [...values])
    })
    this.#last = sent.then(
      () => undefined,
      (error: unknown) => {
        if (endsAll(error)) this.#failure ??= { error }
      },
    )
    return sent
  }
}

function endsTransaction(error: unknown): boolean {
  return isPassing(error) || isLost(error)
}

/** The server would end the connection, as if it were lost, and the call would be made again. */
function requireFit(values: readonly SqlParameter[], limit: number): void {
  let size = 0
  for (const value of values) if (typeof value === 'string') size += Buffer.byteLength(value)
  if (size <= limit) return
  throw new StoreError(
    'too_large',
    `${size} bytes are too large for one statement: raise max_allowed_packet of the server, or give less`,
  )
}
