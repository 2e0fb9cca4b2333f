import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'
import { isFinal, STATUSES, type Status } from '../../core/status.ts'
import type { Source, Tasklet } from '../../core/tasklet.ts'

/** The numbers that are stored. They never change, and the partial indexes name some of them. */
export const STATUS_CODES: Readonly<Record<Status, number>> = {
  blocked: 0,
  scheduled: 1,
  pending: 2,
  running: 3,
  retrying: 4,
  completed: 5,
  failed: 6,
  cancelled: 7,
}
export const STATUS_NAMES = STATUSES.toSorted(
  (one, other) => STATUS_CODES[one] - STATUS_CODES[other],
)

/** Their places are stored. Only ever add to its end. */
const SOURCES: readonly Source[] = [
  'api',
  'manual',
  'schedule',
  'event',
  'interrupt',
  'transition',
  'step',
]

export const COLUMN_NAMES = [
  'sequence',
  'id',
  'task',
  'queue',
  'version',
  'status',
  'grp',
  'priority',
  'rank',
  'attempts',
  'max_attempts',
  'deliveries',
  'lost',
  'not_before',
  'expires_at',
  'owner',
  'lease_until',
  'created_at',
  'updated_at',
  'started_at',
  'settled_at',
  'actual_duration',
  'source',
  'idempotency_key',
  'unique_key',
  'cancel_requested',
  'rare',
  'input',
  'initial_context',
  'output',
  'error',
  'trail',
  'failures',
] as const

type Column = (typeof COLUMN_NAMES)[number]

/** Where each column stands in a row: node:sqlite reads arrays twice as fast as objects. */
export const AT = Object.fromEntries(COLUMN_NAMES.map((name, index) => [name, index])) as Record<
  Column,
  number
>

/** A row as `prepareRead` reads it. */
export type Cells = readonly SQLOutputValue[]

/** A statement over whole rows, for `readOne` and `readAll`. */
export function prepareRead(db: DatabaseSync, clauses: string): StatementSync {
  const statement = db.prepare(
    `SELECT ${COLUMN_NAMES.map((name) => `tasklets.${name}`).join(', ')} FROM tasklets ${clauses}`,
  )
  statement.setReturnArrays(true)
  return statement
}

// The declared types of node:sqlite do not know about `setReturnArrays`.

export function readAll(statement: StatementSync, ...values: SQLInputValue[]): readonly Cells[] {
  return statement.all(...values) as unknown as readonly Cells[]
}

export function readOne(statement: StatementSync, ...values: SQLInputValue[]): Cells | undefined {
  return statement.get(...values) as unknown as Cells | undefined
}

export function toNumber(cell: SQLOutputValue | undefined): number | undefined {
  return cell === null ? undefined : Number(cell)
}

/** A negative time is none. */
export function toTime(cell: SQLOutputValue | undefined): number | undefined {
  return cell === null || Number(cell) < 0 ? undefined : Number(cell)
}

export function toText(cell: SQLOutputValue | undefined): string | undefined {
  return cell === null ? undefined : String(cell)
}

export function toStatus(cell: SQLOutputValue | undefined): Status {
  return STATUS_NAMES[Number(cell)] as Status
}

export function toSource(cell: SQLOutputValue | undefined): Source {
  return SOURCES[Number(cell)] as Source
}

export function fromSource(source: Source): number {
  return SOURCES.indexOf(source)
}

/** Of records whose key is free when they end, the index holds only those that have not ended. */
export function fromUniqueness({ unique, status }: Tasklet): string | null {
  if (unique === undefined || (unique.until === undefined && isFinal(status))) return null
  return unique.key
}

export function fromList(list: readonly unknown[]): readonly unknown[] | undefined {
  return list.length === 0 ? undefined : list
}
