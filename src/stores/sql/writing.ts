import type { Dialect, GivenColumns } from './dialect.ts'
import { LeanStatements, withoutMissing } from './lean-statements.ts'
import { inPortions } from './lists.ts'
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
  readonly #insert: LeanStatements
  readonly #change: LeanStatements
  readonly #settle: LeanStatements
  readonly #count: string
  readonly #addQueues: string

  constructor(dialect: Dialect) {
    this.#insert = new LeanStatements(NEW_COLUMNS, (given) => toInsert(dialect, given))
    this.#change = new LeanStatements(CHANGED_COLUMNS, (given) => toUpdate(dialect, given, STANDS))
    const unawaited = `${STANDS} AND tasklets.cancel_requested IS NULL AND tasklets.dependents = 0`
    this.#settle = new LeanStatements(CHANGED_COLUMNS, (given) => {
      return toUpdate(dialect, given, unawaited)
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
    for (const portion of inPortions(cells)) {
      session.later(this.#insert.for(portion), [JSON.stringify(portion)])
    }
  }

  /** How many stood as they were read. */
  change(session: SqlSession, cells: readonly ChangedCells[]): Promise<number> {
    return runInPortions(session, this.#change, cells)
  }

  /** As `change`, but only those that nobody waits for and nobody asked to stop. */
  settle(session: SqlSession, cells: readonly ChangedCells[]): Promise<number> {
    return runInPortions(session, this.#settle, cells)
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

function toInsert(dialect: Dialect, given: GivenColumns): string {
  const columns = Object.keys(given)
  return `INSERT INTO tasklets (${columns.join(', ')}, place, lost, indexed)
    SELECT ${columns.map((column) => `given.${column}`).join(', ')}, given.sequence, 0, 0
    FROM ${dialect.given(given)}`
}

function toUpdate(dialect: Dialect, given: GivenColumns, where: string): string {
  const { body, ...others } = CHANGES
  const set = withoutMissing(Object.hasOwn(given, 'body') ? { ...others, body } : others, given)
  return dialect.update({ table: 'tasklets', given, set, where })
}

async function runInPortions(
  session: SqlSession,
  statements: LeanStatements,
  cells: readonly ChangedCells[],
): Promise<number> {
  let found = 0
  for (const portion of inPortions(cells)) {
    found += await session.run(statements.for(portion), [JSON.stringify(portion)])
  }
  return found
}

function insertGiven(dialect: Dialect, table: string, columns: GivenColumns): string {
  const names = Object.keys(columns)
  return `INSERT INTO ${table} (${names.join(', ')})
    SELECT ${names.map((name) => `given.${name}`).join(', ')} FROM ${dialect.given(columns)}`
}
