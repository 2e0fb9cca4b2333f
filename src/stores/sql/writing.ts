import type { Dialect, GivenColumns } from './dialect.ts'
import type { SqlParameter, SqlSession } from './session.ts'
import { CHANGED_COLUMNS, type ChangedCells, NEW_COLUMNS, type NewCells } from './written-rows.ts'

const STANDS = `tasklets.sequence = given.sequence AND tasklets.status = given.was
  AND tasklets.deliveries = given.token`

const CHANGES = {
  status: 'given.status',
  priority: 'given.priority',
  attempts: 'given.attempts',
  lost: 'given.lost',
  not_before: 'given.not_before',
  expires_at: 'given.expires_at',
  updated_at: 'given.updated_at',
  settled_at: 'given.settled_at',
  actual_duration: 'given.actual_duration',
  uniqueness: 'given.uniqueness',
  cancel_requested: 'given.cancel_requested',
  deadline: 'given.deadline',
  replayed: 'given.replayed',
  body: 'coalesce(given.body, tasklets.body)',
  result: 'given.result',
  indexed: 'CASE WHEN given.reworded = 1 THEN 0 ELSE tasklets.indexed END',
}

const COUNTER = { queue: 'name', status: 'bigint', slot: 'bigint', amount: 'bigint' } as const

/** So many more records of a queue and status. */
export type CounterCells = Readonly<Record<keyof typeof COUNTER, SqlParameter>>

/** The statements that write records, each for many at once. */
export class Writing {
  readonly #insert: string
  readonly #change: string
  readonly #settle: string
  readonly #count: string
  readonly #addQueues: string

  constructor(dialect: Dialect) {
    const columns = Object.keys(NEW_COLUMNS)
    this.#insert = `INSERT INTO tasklets (${columns.join(', ')}, place, lost, indexed)
      SELECT ${columns.map((column) => `given.${column}`).join(', ')}, given.sequence, 0, 0
      FROM ${dialect.given(NEW_COLUMNS)}`
    const update = { table: 'tasklets', given: CHANGED_COLUMNS, set: CHANGES }
    this.#change = dialect.update({ ...update, where: STANDS })
    this.#settle = dialect.update({
      ...update,
      where: `${STANDS} AND tasklets.cancel_requested IS NULL AND tasklets.dependents = 0`,
    })
    this.#count = dialect.upsert(
      insertGiven(dialect, 'counters', COUNTER),
      ['queue', 'status', 'slot'],
      { amount: `counters.amount + ${dialect.incoming('amount')}` },
    )
    this.#addQueues = dialect.upsert(
      `INSERT INTO queues (queue, paused) SELECT given.queue, 0
        FROM ${dialect.given({ queue: 'name' })}`,
      ['queue'],
      {},
    )
  }

  insert(session: SqlSession, cells: readonly NewCells[]): void {
    session.later(this.#insert, [JSON.stringify(cells)])
  }

  /** How many stood as they were read. */
  change(session: SqlSession, cells: readonly ChangedCells[]): Promise<number> {
    return session.run(this.#change, [JSON.stringify(cells)])
  }

  /** As `change`, but only those that nobody waits for and nobody asked to stop. */
  settle(session: SqlSession, cells: readonly ChangedCells[]): Promise<number> {
    return session.run(this.#settle, [JSON.stringify(cells)])
  }

  /** In one order, so that no two transactions wait for each other. */
  count(session: SqlSession, cells: readonly CounterCells[]): void {
    if (cells.length > 0) session.later(this.#count, [JSON.stringify(cells)])
  }

  /** Every queue has a row, which claims lock. */
  addQueues(session: SqlSession, queues: readonly string[]): void {
    if (queues.length === 0) return
    session.later(this.#addQueues, [JSON.stringify(queues.map((queue) => ({ queue })))])
  }
}

function insertGiven(dialect: Dialect, table: string, columns: GivenColumns): string {
  const names = Object.keys(columns)
  return `INSERT INTO ${table} (${names.join(', ')})
    SELECT ${names.map((name) => `given.${name}`).join(', ')} FROM ${dialect.given(columns)}`
}
