import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'
import { type ErrorRecord, StoreError } from '../../core/errors.ts'
import type { Status } from '../../core/status.ts'
import type { Lease, Source, Tasklet, Trail } from '../../core/tasklet.ts'
import type { Names } from './names.ts'
import { Payloads } from './payloads.ts'

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
const STATUSES_BY_CODE = Object.keys(STATUS_CODES) as Status[]

const SOURCES: readonly Source[] = [
  'api',
  'manual',
  'schedule',
  'event',
  'interrupt',
  'transition',
  'step',
]

const COLUMN_NAMES = [
  'sequence',
  'id',
  'task',
  'queue',
  'version',
  'priority',
  'status',
  'attempts',
  'max_attempts',
  'deliveries',
  'lost',
  'not_before',
  'owner',
  'lease_until',
  'created_at',
  'updated_at',
  'started_at',
  'settled_at',
  'timeout',
  'estimated_duration',
  'actual_duration',
  'source',
  'idempotency_key',
  'parent_id',
  'trace_id',
  'cancel_requested',
  'requires',
  'tags',
  'input',
  'initial_context',
  'output',
  'error',
  'trail',
] as const

type Column = (typeof COLUMN_NAMES)[number]

const COLUMNS = COLUMN_NAMES.join(', ')

/** Where each column stands in a row: node:sqlite reads arrays twice as fast as objects. */
const AT = Object.fromEntries(COLUMN_NAMES.map((name, index) => [name, index])) as Record<
  Column,
  number
>

const INSERT = `INSERT INTO tasklets (id, task, queue, version, priority, status, attempts,
  max_attempts, deliveries, not_before, created_at, updated_at, started_at, settled_at, timeout,
  estimated_duration, actual_duration, source, idempotency_key, parent_id, trace_id,
  cancel_requested, requires, tags, input, initial_context, output, error, trail)
  VALUES (${Array(29).fill('?').join(', ')})`

/** Every change but a claim and a promotion; it checks that the row is still as it was read. */
const UPDATE = `UPDATE tasklets SET status = ?, attempts = ?, lost = ?, not_before = ?,
  lease_until = ?, owner = ?, updated_at = ?, settled_at = ?, actual_duration = ?,
  cancel_requested = ?, output = ?, error = ?, trail = ?
  WHERE sequence = ? AND status = ? AND deliveries = ?`

/** A row as `prepareRead` reads it. */
export type Cells = readonly SQLOutputValue[]

/** A record as it was read, with the row it came from. */
export interface Row {
  readonly tasklet: Tasklet
  /** Deliveries since the last settlement that ended without one. */
  readonly lost: number
  readonly cells: Cells
}

/** Between records and rows. Writing belongs inside a transaction. */
export class Rows {
  readonly #names: Names
  readonly #payloads: Payloads
  readonly #insert: StatementSync
  readonly #update: StatementSync
  readonly #byId: StatementSync
  readonly #byKey: StatementSync

  constructor(db: DatabaseSync, names: Names) {
    this.#names = names
    this.#payloads = new Payloads(db)
    this.#insert = db.prepare(INSERT)
    this.#update = db.prepare(UPDATE)
    this.#byId = prepareRead(db, 'WHERE id = ?')
    this.#byKey = prepareRead(db, 'WHERE task = ? AND idempotency_key = ?')
  }

  byId(id: string): Row | undefined {
    const cells = readOne(this.#byId, id)
    return cells && { cells, lost: Number(cells[AT.lost]), tasklet: this.toTasklet(cells) }
  }

  byKey({ plan, task, idempotencyKey }: Tasklet): Tasklet | undefined {
    if (idempotencyKey === undefined) return undefined
    const cells = readOne(this.#byKey, this.#names.taskIdOf(plan, task), idempotencyKey)
    return cells && this.toTasklet(cells)
  }

  /** Stores a new record and returns its sequence. */
  insert(tasklet: Tasklet): number {
    const { lastInsertRowid } = this.#insert.run(
      tasklet.id,
      this.#names.taskIdOf(tasklet.plan, tasklet.task),
      this.#names.idOf(tasklet.queue),
      this.#names.idOf(tasklet.planVersion),
      tasklet.priority,
      STATUS_CODES[tasklet.status],
      tasklet.attempts,
      tasklet.maxAttempts,
      tasklet.deliveries,
      tasklet.notBefore ?? null,
      tasklet.createdAt,
      tasklet.updatedAt,
      tasklet.startedAt ?? null,
      tasklet.settledAt ?? null,
      tasklet.timeout ?? null,
      tasklet.estimatedDuration ?? null,
      tasklet.actualDuration ?? null,
      SOURCES.indexOf(tasklet.source),
      tasklet.idempotencyKey ?? null,
      tasklet.parentId ?? null,
      tasklet.traceId ?? null,
      tasklet.cancelRequested ?? null,
      fromTexts(tasklet.requires),
      fromTexts(tasklet.tags),
      this.#payloads.write(tasklet.input),
      this.#payloads.write(tasklet.initialContext),
      this.#payloads.write(tasklet.output),
      this.#payloads.write(tasklet.error),
      this.#payloads.write(tasklet.trail),
    )
    return Number(lastInsertRowid)
  }

  /** Puts `next` in the place of what was read, if the row still stands as it was. */
  replace({ tasklet, cells }: Row, next: Tasklet, lost: number): void {
    const { changes } = this.#update.run(
      STATUS_CODES[next.status],
      next.attempts,
      lost,
      next.notBefore ?? null,
      next.lease?.until ?? null,
      next.lease === undefined ? null : this.#names.idOf(next.lease.owner),
      next.updatedAt,
      next.settledAt ?? null,
      next.actualDuration ?? null,
      next.cancelRequested ?? null,
      this.#payloads.rewrite(cells[AT.output], next.output),
      this.#payloads.rewrite(cells[AT.error], next.error),
      this.#payloads.rewrite(cells[AT.trail], next.trail),
      tasklet.sequence,
      STATUS_CODES[tasklet.status],
      tasklet.deliveries,
    )
    if (changes !== 1)
      throw new StoreError('failed', `tasklet ${tasklet.id} changed while it was written`)
  }

  toTasklet(cells: Cells): Tasklet {
    const { plan, name: task } = this.#names.taskOf(Number(cells[AT.task]))
    return {
      id: String(cells[AT.id]),
      plan,
      task,
      planVersion: this.#names.textOf(Number(cells[AT.version])),
      queue: this.#names.textOf(Number(cells[AT.queue])),
      priority: Number(cells[AT.priority]),
      sequence: Number(cells[AT.sequence]),
      status: STATUSES_BY_CODE[Number(cells[AT.status])] as Status,
      ...this.#toValues(cells),
      attempts: Number(cells[AT.attempts]),
      maxAttempts: Number(cells[AT.max_attempts]),
      deliveries: Number(cells[AT.deliveries]),
      ...toTimes(cells),
      requires: toTexts(cells[AT.requires]),
      tags: toTexts(cells[AT.tags]),
      idempotencyKey: toText(cells[AT.idempotency_key]),
      source: SOURCES[Number(cells[AT.source])] as Source,
      parentId: toText(cells[AT.parent_id]),
      traceId: toText(cells[AT.trace_id]),
      lease: this.#toLease(cells),
      cancelRequested: toText(cells[AT.cancel_requested]),
    }
  }

  #toValues(cells: Cells) {
    return {
      input: this.#payloads.read(cells[AT.input]),
      initialContext: this.#payloads.read(cells[AT.initial_context]),
      output: this.#payloads.read(cells[AT.output]),
      // These two are written by this class alone, so they have the shape that was typed.
      error: this.#payloads.read(cells[AT.error]) as ErrorRecord | undefined,
      trail: this.#payloads.read(cells[AT.trail]) as Trail | undefined,
    }
  }

  #toLease(cells: Cells): Lease | undefined {
    const until = toNumber(cells[AT.lease_until])
    if (until === undefined) return undefined
    const owner = this.#names.textOf(Number(cells[AT.owner]))
    return { owner, token: Number(cells[AT.deliveries]), until }
  }
}

/** A statement over whole rows, for `readOne` and `readAll`. */
export function prepareRead(db: DatabaseSync, clauses: string): StatementSync {
  const statement = db.prepare(`SELECT ${COLUMNS} FROM tasklets ${clauses}`)
  statement.setReturnArrays(true)
  return statement
}

// The declared types of node:sqlite do not know about `setReturnArrays`.

export function readAll(statement: StatementSync, ...values: SQLInputValue[]): readonly Cells[] {
  return statement.all(...values) as unknown as readonly Cells[]
}

function readOne(statement: StatementSync, ...values: SQLInputValue[]): Cells | undefined {
  return statement.get(...values) as unknown as Cells | undefined
}

function toTimes(cells: Cells) {
  return {
    notBefore: toNumber(cells[AT.not_before]),
    timeout: toNumber(cells[AT.timeout]),
    estimatedDuration: toNumber(cells[AT.estimated_duration]),
    actualDuration: toNumber(cells[AT.actual_duration]),
    createdAt: Number(cells[AT.created_at]),
    updatedAt: Number(cells[AT.updated_at]),
    startedAt: toNumber(cells[AT.started_at]),
    settledAt: toNumber(cells[AT.settled_at]),
  }
}

function toNumber(cell: SQLOutputValue | undefined): number | undefined {
  return cell === null ? undefined : Number(cell)
}

function toText(cell: SQLOutputValue | undefined): string | undefined {
  return cell === null ? undefined : String(cell)
}

/** Most records have no tags and require nothing: an empty list is NULL. */
function fromTexts(texts: readonly string[]): string | null {
  return texts.length === 0 ? null : JSON.stringify(texts)
}

function toTexts(cell: SQLOutputValue | undefined): readonly string[] {
  return cell === null ? [] : (JSON.parse(String(cell)) as string[])
}
