import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { type ErrorRecord, StoreError } from '../../core/errors.ts'
import type { AttemptFailure, Lease, Tasklet, Trail } from '../../core/tasklet.ts'
import {
  AT,
  type Cells,
  fromList,
  fromUniqueness,
  prepareRead,
  readAll,
  readOne,
  STATUS_CODES,
  toNumber,
  toSource,
  toStatus,
  toText,
  toTime,
} from './columns.ts'
import type { Names } from './names.ts'
import { NewRows } from './new-rows.ts'
import { Payloads } from './payloads.ts'
import { fromRareFields, toRareFields } from './rare-fields.ts'

/** Every change but a claim and a plain completion. */
const UPDATE = `UPDATE tasklets SET status = ?, priority = ?, attempts = ?, lost = ?,
  not_before = ?, expires_at = ?, owner = ?, lease_until = ?, updated_at = ?, settled_at = ?,
  actual_duration = ?, unique_key = ?, cancel_requested = ?, rare = ?, input = ?,
  initial_context = ?, output = ?, error = ?, trail = ?, failures = ?
  WHERE sequence = ? AND status = ? AND deliveries = ?`

/**
 * What a completion changes of a record that has nothing but an output to leave. It finds nothing
 * when somebody else has changed the record since it was claimed; a deadline may have been noted.
 */
const COMPLETE = `UPDATE tasklets SET status = 5,
  updated_at = ?1, settled_at = ?1, attempts = ?2, actual_duration = ?3, output = ?4,
  rare = CASE WHEN rare IS NULL THEN NULL ELSE nullif(json_remove(rare, '$.deadline'), '{}') END
  WHERE sequence = ?5 AND deliveries = ?6 AND status = 3 AND cancel_requested IS NULL`

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
  readonly #newRows: NewRows
  readonly #update: StatementSync
  readonly #complete: StatementSync
  readonly #byId: StatementSync
  readonly #bySequence: StatementSync
  readonly #all: StatementSync
  readonly #byKey: StatementSync

  constructor(db: DatabaseSync, names: Names) {
    this.#names = names
    this.#payloads = new Payloads(db)
    this.#newRows = new NewRows(db, names, this.#payloads)
    this.#update = db.prepare(UPDATE)
    this.#complete = db.prepare(COMPLETE)
    this.#byId = prepareRead(db, 'WHERE id = ?')
    this.#bySequence = prepareRead(db, 'WHERE sequence = ?')
    this.#all = prepareRead(db, 'WHERE sequence IN (SELECT value FROM json_each(?))')
    this.#byKey = prepareRead(db, 'WHERE task = ? AND idempotency_key = ?')
  }

  byId(id: string): Row | undefined {
    return this.toRow(readOne(this.#byId, id))
  }

  bySequence(sequence: number): Row | undefined {
    return this.toRow(readOne(this.#bySequence, sequence))
  }

  /** Those that exist, by sequence. */
  bySequences(sequences: readonly number[]): readonly Row[] {
    return readAll(this.#all, JSON.stringify(sequences)).map((cells) => this.#toRow(cells))
  }

  byKey({ plan, task, idempotencyKey }: Tasklet): Tasklet | undefined {
    if (idempotencyKey === undefined) return undefined
    const cells = readOne(this.#byKey, this.#names.taskIdOf(plan, task), idempotencyKey)
    return cells && this.toTasklet(cells)
  }

  /** Stores a new record under its sequence, which is its rank as well. */
  insert(tasklet: Tasklet): void {
    this.#newRows.insert(tasklet)
  }

  /** Puts `next` in the place of what was read, if the row still stands as it was. */
  replace({ tasklet, cells }: Row, next: Tasklet, lost: number): void {
    const { changes } = this.#update.run(
      STATUS_CODES[next.status],
      next.priority,
      next.attempts,
      lost,
      next.notBefore ?? null,
      next.expiresAt ?? null,
      next.lease === undefined ? null : this.#names.idOf(next.lease.owner),
      next.lease?.until ?? null,
      next.updatedAt,
      next.settledAt ?? null,
      next.actualDuration ?? null,
      fromUniqueness(next),
      next.cancelRequested ?? null,
      fromRareFields(next),
      ...this.#rewrite(cells, tasklet, next),
      tasklet.sequence,
      STATUS_CODES[tasklet.status],
      tasklet.deliveries,
    )
    if (changes !== 1)
      throw new StoreError('failed', `tasklet ${tasklet.id} changed while it was written`)
  }

  /** Writes a completion the short way; false when it takes the long one. */
  complete({ tasklet, cells, lost }: Row, next: Tasklet): boolean {
    const isPlain = next.status === 'completed' && next.error === undefined && lost === 0
    const hasLittle =
      cells[AT.error] === null &&
      cells[AT.trail] === null &&
      cells[AT.output] === null &&
      cells[AT.unique_key] === null
    if (!isPlain || !hasLittle || next.trail !== undefined) return false
    const { changes } = this.#complete.run(
      next.updatedAt,
      next.attempts,
      next.actualDuration ?? null,
      this.#payloads.write(next.output),
      tasklet.sequence,
      tasklet.deliveries,
    )
    return changes === 1
  }

  /** The same row with values that share nothing with those that were handed out. */
  withOwnValues(row: Row): Row {
    const { tasklet, cells } = row
    const { input, initialContext, event } = tasklet
    const isPlain = typeof input !== 'object' && typeof initialContext !== 'object'
    if (isPlain && event === undefined) return row
    const values = {
      event: event && toRareFields(cells[AT.rare]).event,
      input: this.#payloads.read(cells[AT.input]),
      initialContext: this.#payloads.read(cells[AT.initial_context]),
    }
    return { ...row, tasklet: { ...tasklet, ...values } }
  }

  /** Lets go of what a row keeps elsewhere. */
  dropPayloads(cells: Cells): void {
    for (const column of PAYLOADS) this.#payloads.rewrite(cells[AT[column]], undefined)
  }

  toRow(cells: Cells | undefined): Row | undefined {
    return cells && this.#toRow(cells)
  }

  toTasklet(cells: Cells): Tasklet {
    const { plan, name: task } = this.#names.taskOf(Number(cells[AT.task]))
    const group = Number(cells[AT.grp])
    const payload = (column: (typeof PAYLOADS)[number]) => this.#payloads.read(cells[AT[column]])
    return {
      // First, and the only one: V8 copies the fields of a later spread one by one.
      ...toRareFields(cells[AT.rare]),
      id: String(cells[AT.id]),
      plan,
      task,
      planVersion: this.#names.textOf(Number(cells[AT.version])),
      queue: this.#names.textOf(Number(cells[AT.queue])),
      priority: Number(cells[AT.priority]),
      sequence: Number(cells[AT.sequence]),
      status: toStatus(cells[AT.status]),
      input: payload('input'),
      initialContext: payload('initial_context'),
      output: payload('output'),
      // These three are written by this class alone, so they have the shape that was typed.
      error: payload('error') as ErrorRecord | undefined,
      trail: payload('trail') as Trail | undefined,
      failures: (payload('failures') ?? []) as AttemptFailure[],
      attempts: Number(cells[AT.attempts]),
      maxAttempts: Number(cells[AT.max_attempts]),
      deliveries: Number(cells[AT.deliveries]),
      group: group === 0 ? undefined : this.#names.textOf(group),
      notBefore: toNumber(cells[AT.not_before]),
      expiresAt: toNumber(cells[AT.expires_at]),
      actualDuration: toNumber(cells[AT.actual_duration]),
      createdAt: Number(cells[AT.created_at]),
      updatedAt: Number(cells[AT.updated_at]),
      startedAt: toTime(cells[AT.started_at]),
      settledAt: toTime(cells[AT.settled_at]),
      idempotencyKey: toText(cells[AT.idempotency_key]),
      source: toSource(cells[AT.source]),
      lease: this.#toLease(cells),
      cancelRequested: toText(cells[AT.cancel_requested]),
    }
  }

  #toRow(cells: Cells): Row {
    return { cells, lost: Number(cells[AT.lost]), tasklet: this.toTasklet(cells) }
  }

  #rewrite(cells: Cells, previous: Tasklet, next: Tasklet): SQLInputValue[] {
    const rewrite = (column: (typeof PAYLOADS)[number], before: unknown, after: unknown) =>
      before === after
        ? (cells[AT[column]] ?? null)
        : this.#payloads.rewrite(cells[AT[column]], after)
    return [
      rewrite('input', previous.input, next.input),
      rewrite('initial_context', previous.initialContext, next.initialContext),
      rewrite('output', previous.output, next.output),
      rewrite('error', previous.error, next.error),
      rewrite('trail', previous.trail, next.trail),
      rewrite('failures', previous.failures, fromList(next.failures)),
    ]
  }

  #toLease(cells: Cells): Lease | undefined {
    if (cells[AT.status] !== STATUS_CODES.running) return undefined
    const owner = this.#names.textOf(Number(cells[AT.owner]))
    return { owner, token: Number(cells[AT.deliveries]), until: Number(cells[AT.lease_until]) }
  }
}

/** In the order of UPDATE. */
const PAYLOADS = ['input', 'initial_context', 'output', 'error', 'trail', 'failures'] as const
