import type { SweepRequest } from '../../ports/store-messages.ts'
import { STATUS_CODES } from './codes.ts'
import { Counts } from './counts.ts'
import type { Dialect } from './dialect.ts'
import type { Ledger } from './ledger.ts'
import { inParts, toList } from './lists.ts'
import type { Row } from './rows.ts'
import { SearchIndex } from './search-index.ts'
import type { SqlSession } from './session.ts'

const NEEDED = `SELECT 1 FROM dependencies
  JOIN tasklets AS dependent ON dependent.sequence = dependencies.dependent
  WHERE dependencies.dependency = tasklets.sequence AND dependent.status < 5`

const FREE = `NOT EXISTS (${NEEDED})`

/** Final records of one status that nobody waits for, oldest first. */
const OLD = `SELECT sequence FROM tasklets
  WHERE status = ? AND status >= 5 AND settled_at < ? AND ${FREE} ORDER BY settled_at LIMIT ?`

/** The settlement of the oldest completed and cancelled records, so many of them. */
const OLDEST = `SELECT sequence, settled_at FROM tasklets WHERE status = 5
    ORDER BY settled_at LIMIT ?`

const OLDEST_CANCELLED = OLDEST.replace('status = 5', 'status = 7')

const STILL_FREE = `SELECT sequence FROM tasklets WHERE ${FREE} AND sequence IN `

/** Records in one statement. */
const PART = 512

/** Records indexed for search by one sweep. */
const INDEXED_BY_SWEEP = 500

/** What else is kept of a record, and by which column. */
const BESIDE = [
  ['words', 'sequence'],
  ['steps', 'tasklet'],
  ['holds', 'sequence'],
  ['dependencies', 'dependency'],
  ['dependencies', 'dependent'],
  ['tasklets', 'sequence'],
] as const

/** Removes final records. */
export class Retention {
  readonly #counts = new Counts()
  readonly #search: SearchIndex

  constructor(dialect: Dialect) {
    this.#search = new SearchIndex(dialect)
  }

  /** Final records only; the others are left alone. */
  async remove(ledger: Ledger, ids: readonly string[]): Promise<number> {
    let removed = 0
    for (const part of inParts([...new Set(ids)].sort(), PART)) {
      const rows = await ledger.records.lockIds(ledger.session, part)
      removed += removeRows(ledger, rows.filter(isFinalRow))
    }
    return removed
  }

  async sweep(ledger: Ledger, request: SweepRequest): Promise<number> {
    await this.#search.catchUpAside(ledger.session, INDEXED_BY_SWEEP)
    let removed = 0
    const found = await this.#find(ledger.session, request)
    for (const part of inParts(found, PART)) {
      // What others are changing, or sweeping too, is left for the next time.
      const rows = await ledger.records.lockFree(ledger.session, part)
      // Asked again under the lock: what is submitted locks what it waits for.
      const free = await stillFree(ledger.session, part)
      const old = rows.filter((row) => isFinalRow(row) && free.has(row.tasklet.sequence))
      removed += removeRows(ledger, old)
    }
    return removed
  }

  async #find(session: SqlSession, request: SweepRequest): Promise<readonly number[]> {
    const { settledBefore, failedBefore, limit } = request
    const found = new Set(await this.#excess(session, request))
    const old = [
      [STATUS_CODES.completed, settledBefore],
      [STATUS_CODES.cancelled, settledBefore],
      [STATUS_CODES.failed, failedBefore],
    ] as const
    for (const [status, before] of old) {
      if (found.size >= limit) break
      // Some of them may have been found already.
      for (const row of await session.all(OLD, [status, before, limit])) {
        if (found.size < limit) found.add(Number(row['sequence']))
      }
    }
    return [...found].sort((one, other) => one - other)
  }

  /** Of what is too much those of the oldest that nobody waits for. */
  async #excess(session: SqlSession, { keep, limit }: SweepRequest): Promise<readonly number[]> {
    const counts = await this.#counts.total(session, undefined)
    const excess = counts.completed + counts.cancelled - keep
    if (excess <= 0) return []
    const [statement, values] = toExcess(excess, limit)
    return (await session.all(statement, values)).map(({ sequence }) => Number(sequence))
  }
}

function toExcess(excess: number, limit: number): readonly [string, readonly number[]] {
  const oldest = `SELECT sequence FROM (
      SELECT sequence, settled_at FROM (${OLDEST}) AS completed
      UNION ALL
      SELECT sequence, settled_at FROM (${OLDEST_CANCELLED}) AS cancelled
      ORDER BY settled_at LIMIT ?) AS oldest`
  const sql = `SELECT sequence FROM tasklets WHERE sequence IN (${oldest}) AND ${FREE}
    ORDER BY settled_at LIMIT ?`
  return [sql, [excess, excess, excess, limit]]
}

function isFinalRow({ tasklet }: Row): boolean {
  return tasklet.settledAt !== undefined && STATUS_CODES[tasklet.status] >= STATUS_CODES.completed
}

async function stillFree(
  session: SqlSession,
  sequences: readonly number[],
): Promise<ReadonlySet<number>> {
  const { sql, values } = toList(sequences)
  const rows = await session.all(STILL_FREE + sql, values)
  return new Set(rows.map(({ sequence }) => Number(sequence)))
}

/** They are locked. */
function removeRows(ledger: Ledger, rows: readonly Row[]): number {
  if (rows.length === 0) return 0
  const { sql, values } = toList(rows.map(({ tasklet }) => tasklet.sequence))
  for (const [table, column] of BESIDE) {
    ledger.session.later(`DELETE FROM ${table} WHERE ${column} IN ${sql}`, values)
  }
  for (const { tasklet } of rows) ledger.shift(tasklet.queue, tasklet.status, -1)
  return rows.length
}
