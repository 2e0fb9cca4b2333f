import { canBeStored } from './codes.ts'
import type { Dialect } from './dialect.ts'
import { RECORD, type Row, toRow } from './rows.ts'
import type { SqlSession } from './session.ts'

const LOCK = 'ORDER BY sequence FOR UPDATE'

/** Reading of records, alone or many at once. */
export class Records {
  readonly #byIds: string
  readonly #bySequences: string
  readonly #skipLocked: string

  constructor(dialect: Dialect) {
    const ids = dialect.given({ id: 'name' })
    const sequences = dialect.given({ sequence: 'bigint' })
    this.#skipLocked = dialect.skipLocked
    this.#byIds = `SELECT ${RECORD} FROM tasklets WHERE id IN (SELECT given.id FROM ${ids})`
    this.#bySequences = `SELECT ${RECORD} FROM tasklets
      WHERE sequence IN (SELECT given.sequence FROM ${sequences})`
  }

  /** Those that exist, in no order. */
  byIds(session: SqlSession, ids: readonly string[]): Promise<readonly Row[]> {
    return this.#rowsOf(session, this.#byIds, 'id', ids)
  }

  /** Those that exist, by sequence, locked until the transaction ends. */
  lockIds(session: SqlSession, ids: readonly string[]): Promise<readonly Row[]> {
    return this.#rowsOf(session, `${this.#byIds} ${LOCK}`, 'id', ids)
  }

  /** Those that exist, in no order. */
  bySequences(session: SqlSession, sequences: readonly number[]): Promise<readonly Row[]> {
    return this.#rowsOf(session, this.#bySequences, 'sequence', sequences)
  }

  /** Those that exist and nobody has locked, by sequence, locked until the transaction ends. */
  lockFree(session: SqlSession, sequences: readonly number[]): Promise<readonly Row[]> {
    const sql = `${this.#bySequences} ORDER BY sequence ${this.#skipLocked}`
    return this.#rowsOf(session, sql, 'sequence', sequences)
  }

  async #rowsOf(
    session: SqlSession,
    sql: string,
    column: string,
    values: readonly (string | number)[],
  ): Promise<readonly Row[]> {
    const possible = values.filter((value) => typeof value === 'number' || canBeStored(value))
    if (possible.length === 0) return []
    const given = JSON.stringify(possible.map((value) => ({ [column]: value })))
    return (await session.all(sql, [given])).map(toRow)
  }
}
