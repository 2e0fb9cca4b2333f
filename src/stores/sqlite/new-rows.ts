import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Tasklet } from '../../core/tasklet.ts'
import { COLUMN_NAMES, fromList, fromSource, fromUniqueness, STATUS_CODES } from './columns.ts'
import type { Names } from './names.ts'
import type { Payloads } from './payloads.ts'
import { fromRareFields } from './rare-fields.ts'

const INSERT = `INSERT INTO tasklets (${COLUMN_NAMES.join(', ')})
  VALUES (${COLUMN_NAMES.map(() => '?').join(', ')})`

/** Room for a time: six bytes, as any time of these centuries. */
const ROOM = -(2 ** 40)

/** A pending record without any of what most do not have: half of an insertion is binding values. */
const INSERT_PLAIN = `INSERT INTO tasklets (sequence, id, task, queue, version, status, grp,
    priority, rank, max_attempts, owner, lease_until, created_at, updated_at, started_at,
    settled_at, source, input)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?1, ?8, ?4, ?9, ?9, ?10, ${ROOM}, ${ROOM}, ?11, ?12)`

/** Writes the rows of new records. Inside a transaction only. */
export class NewRows {
  readonly #names: Names
  readonly #payloads: Payloads
  readonly #insert: StatementSync
  readonly #insertPlain: StatementSync

  constructor(db: DatabaseSync, names: Names, payloads: Payloads) {
    this.#names = names
    this.#payloads = payloads
    this.#insert = db.prepare(INSERT)
    this.#insertPlain = db.prepare(INSERT_PLAIN)
  }

  /** Stores a new record under its sequence, which is its rank as well. */
  insert(tasklet: Tasklet): void {
    const rare = fromRareFields(tasklet)
    if (isPlain(tasklet, rare)) this.#addPlain(tasklet)
    else this.#add(tasklet, rare)
  }

  #addPlain(tasklet: Tasklet): void {
    this.#insertPlain.run(
      tasklet.sequence,
      tasklet.id,
      this.#names.taskIdOf(tasklet.plan, tasklet.task),
      this.#names.idOf(tasklet.queue),
      this.#names.idOf(tasklet.planVersion),
      STATUS_CODES[tasklet.status],
      tasklet.priority,
      tasklet.maxAttempts,
      tasklet.createdAt,
      tasklet.updatedAt,
      fromSource(tasklet.source),
      this.#payloads.write(tasklet.input),
    )
  }

  #add(tasklet: Tasklet, rare: string | null): void {
    const { sequence, group } = tasklet
    this.#insert.run(
      sequence,
      tasklet.id,
      this.#names.taskIdOf(tasklet.plan, tasklet.task),
      this.#names.idOf(tasklet.queue),
      this.#names.idOf(tasklet.planVersion),
      STATUS_CODES[tasklet.status],
      group === undefined ? 0 : this.#names.idOf(group),
      tasklet.priority,
      sequence,
      tasklet.attempts,
      tasklet.maxAttempts,
      tasklet.deliveries,
      0,
      tasklet.notBefore ?? null,
      tasklet.expiresAt ?? null,
      this.#names.idOf(tasklet.queue),
      tasklet.createdAt,
      tasklet.createdAt,
      tasklet.updatedAt,
      tasklet.startedAt ?? ROOM,
      tasklet.settledAt ?? ROOM,
      tasklet.actualDuration ?? null,
      fromSource(tasklet.source),
      tasklet.idempotencyKey ?? null,
      fromUniqueness(tasklet),
      tasklet.cancelRequested ?? null,
      rare,
      this.#payloads.write(tasklet.input),
      this.#payloads.write(tasklet.initialContext),
      this.#payloads.write(tasklet.output),
      this.#payloads.write(tasklet.error),
      this.#payloads.write(tasklet.trail),
      this.#payloads.write(fromList(tasklet.failures)),
    )
  }
}

/** Whether it has nothing but what every record has, and an input. */
function isPlain(tasklet: Tasklet, rare: string | null): boolean {
  return (
    rare === null &&
    tasklet.status === 'pending' &&
    tasklet.group === undefined &&
    tasklet.attempts === 0 &&
    tasklet.deliveries === 0 &&
    tasklet.notBefore === undefined &&
    tasklet.expiresAt === undefined &&
    tasklet.startedAt === undefined &&
    tasklet.settledAt === undefined &&
    tasklet.actualDuration === undefined &&
    tasklet.idempotencyKey === undefined &&
    tasklet.cancelRequested === undefined &&
    tasklet.initialContext === undefined &&
    tasklet.output === undefined &&
    tasklet.error === undefined &&
    tasklet.trail === undefined &&
    tasklet.failures.length === 0
  )
}
