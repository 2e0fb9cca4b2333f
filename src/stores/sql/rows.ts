import type { Lease, Tasklet } from '../../core/tasklet.ts'
import { fromBody, fromResult } from './bodies.ts'
import { toStatus } from './codes.ts'
import type { SqlRow } from './session.ts'

/** A record with what the store knows of it besides. */
export interface Row {
  readonly tasklet: Tasklet
  /** Deliveries since the last settlement that ended without one. */
  readonly lost: number
  /** Its place among equal priorities. */
  readonly place: number
  /** Whether some record waits, or waited, for it. */
  readonly hasDependents: boolean
  /** What it was read from. */
  readonly cells: SqlRow
}

/** All columns of a record, in the order of the table, as rows are read. */
const COLUMNS = [
  'sequence',
  'id',
  'plan',
  'task',
  'queue',
  'status',
  'priority',
  'place',
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
  'cancel_requested',
  'deadline',
  'dependents',
  'body',
  'result',
] as const

/** For SELECT: nothing but what `toRow` reads. */
export const RECORD = COLUMNS.map((column) => `tasklets.${column}`).join(', ')

export function toRow(row: SqlRow): Row {
  return {
    tasklet: toTasklet(row),
    lost: Number(row['lost']),
    place: Number(row['place']),
    hasDependents: row['dependents'] === 1,
    cells: row,
  }
}

/** The record of a row with values that share nothing with those that were handed out. */
export function toOwn({ tasklet, cells }: Row): Tasklet {
  const { input, initialContext, event, failures, trail } = tasklet
  const isPlain = typeof input !== 'object' && typeof initialContext !== 'object'
  const isFirst = failures.length === 0 && trail === undefined && event === undefined
  if (isPlain && isFirst) return tasklet
  const { status, deliveries, lease, startedAt, updatedAt } = tasklet
  return { ...toTasklet(cells), status, deliveries, lease, startedAt, updatedAt }
}

export function toTasklet(row: SqlRow): Tasklet {
  const status = toStatus(row['status'])
  const deliveries = Number(row['deliveries'])
  return {
    ...fromBody(String(row['body'])),
    ...fromResult(row['result']),
    id: String(row['id']),
    plan: String(row['plan']),
    task: String(row['task']),
    queue: String(row['queue']),
    priority: Number(row['priority']),
    sequence: Number(row['sequence']),
    status,
    attempts: Number(row['attempts']),
    maxAttempts: Number(row['max_attempts']),
    deliveries,
    notBefore: toNumber(row['not_before']),
    deadline: parse(row['deadline']) as Tasklet['deadline'],
    expiresAt: toNumber(row['expires_at']),
    actualDuration: toNumber(row['actual_duration']),
    createdAt: Number(row['created_at']),
    updatedAt: Number(row['updated_at']),
    startedAt: toNumber(row['started_at']),
    settledAt: toNumber(row['settled_at']),
    lease: status === 'running' ? toLease(row, deliveries) : undefined,
    cancelRequested: parse(row['cancel_requested']) as string | undefined,
  }
}

function toLease(row: SqlRow, token: number): Lease {
  return { owner: String(row['owner']), token, until: Number(row['lease_until']) }
}

/** NULL is undefined. */
export function toNumber(cell: unknown): number | undefined {
  return cell === null || cell === undefined ? undefined : Number(cell)
}

/** The value of a JSON text; NULL is undefined. */
export function parse(cell: unknown): unknown {
  return typeof cell === 'string' ? JSON.parse(cell) : undefined
}
