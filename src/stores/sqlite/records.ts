import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type ErrorRecord, InputError } from '../../core/errors.ts'
import { isFinal, type Status } from '../../core/status.ts'
import type { Settlement, Tasklet } from '../../core/tasklet.ts'
import type {
  CancelOutcome,
  ClaimRequest,
  InsertOutcome,
  LeaseRef,
  ListFilter,
  Page,
  Renewal,
  RescueRequest,
  SettleOutcome,
} from '../../ports/store.ts'
import * as moves from '../moves.ts'
import { toJson } from '../values.ts'
import { isDuplicate } from './failures.ts'
import { Lanes } from './lanes.ts'
import { listRecords } from './list.ts'
import { Names } from './names.ts'
import { type Row, Rows, STATUS_CODES } from './rows.ts'

const NEXT_DUE = `SELECT min(due) AS due FROM (
  SELECT min(not_before) AS due FROM tasklets WHERE not_before IS NOT NULL AND status IN (1, 4)
  UNION ALL SELECT min(lease_until) FROM tasklets WHERE lease_until IS NOT NULL)`

const OWNERS = `SELECT name FROM names WHERE id IN
  (SELECT owner FROM tasklets WHERE lease_until IS NOT NULL)`

const ENDED = `SELECT id FROM tasklets WHERE lease_until <= ?1 OR (lease_until IS NOT NULL AND owner
  IN (SELECT id FROM names WHERE name IN (SELECT value FROM json_each(?2))))`

const PROMOTE = `UPDATE tasklets SET status = 2, not_before = NULL, updated_at = ?1
  WHERE not_before <= ?1 AND status IN (1, 4) RETURNING queue`

const RENEW = `UPDATE tasklets SET lease_until = ? WHERE id = ? AND status = 3 AND deliveries = ?
  RETURNING cancel_requested`

const COUNTS = `SELECT status, count(*) AS count FROM tasklets
  WHERE ?1 IS NULL OR queue = (SELECT id FROM names WHERE name = ?1) GROUP BY status`

/** The operations of the port on an open database. Those that write belong inside a transaction. */
export class Records {
  readonly #db: DatabaseSync
  readonly #names: Names
  readonly #rows: Rows
  readonly #lanes: Lanes
  readonly #renew: StatementSync
  readonly #ended: StatementSync
  readonly #promote: StatementSync
  readonly #owners: StatementSync
  readonly #nextDue: StatementSync
  readonly #counts: StatementSync

  constructor(db: DatabaseSync) {
    this.#db = db
    this.#names = new Names(db)
    this.#rows = new Rows(db, this.#names)
    this.#lanes = new Lanes(db, this.#names, this.#rows)
    this.#renew = db.prepare(RENEW)
    this.#ended = db.prepare(ENDED)
    this.#promote = db.prepare(PROMOTE)
    this.#owners = db.prepare(OWNERS)
    this.#nextDue = db.prepare(NEXT_DUE)
    this.#counts = db.prepare(COUNTS)
  }

  /** After a rollback: what was learned inside the transaction may be gone. */
  forget(): void {
    this.#names.forget()
  }

  /** The record has been admitted; its values are copies. */
  insert(tasklet: Tasklet): InsertOutcome {
    const first = this.#rows.byKey(tasklet)
    if (first !== undefined) return { created: false, tasklet: first, reason: 'idempotency-key' }
    try {
      return { created: true, tasklet: { ...tasklet, sequence: this.#rows.insert(tasklet) } }
    } catch (error) {
      throw isDuplicate(error) ? moves.duplicateId(tasklet.id) : error
    }
  }

  claim(request: ClaimRequest): readonly Tasklet[] {
    return this.#lanes.claim(request)
  }

  settle(settlement: Settlement): SettleOutcome {
    const row = this.#rows.byId(settlement.id)
    const holder = row?.tasklet.lease?.owner
    if (row === undefined || !moves.holds(row.tasklet, settlement.token)) {
      return { accepted: false, holder }
    }
    try {
      const output = toJson(settlement.output, 'output')
      const tasklet = moves.toSettled(row.tasklet, settlement, output)
      this.#rows.replace(row, tasklet, 0)
      return { accepted: true, tasklet }
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return { accepted: false, holder, error }
    }
  }

  renew(leases: readonly LeaseRef[], until: number): Renewal {
    const lost: string[] = []
    const cancelled: { id: string; reason: string }[] = []
    for (const { id, token } of leases) {
      const held = this.#renew.get(until, id, token)
      const reason = held?.cancel_requested
      if (held === undefined) lost.push(id)
      else if (typeof reason === 'string') cancelled.push({ id, reason })
    }
    return { lost, cancelled }
  }

  rescue(request: RescueRequest): readonly Tasklet[] {
    const ended = this.#ended.all(request.now, JSON.stringify(request.deadOwners))
    return ended
      .map(({ id }) => this.#rows.byId(String(id)))
      .filter((row) => row !== undefined)
      .map((row) => this.#rescueOne(row, request))
  }

  owners(): readonly string[] {
    return this.#owners.all().map(({ name }) => String(name))
  }

  promote(now: number): readonly string[] {
    const queues = new Set(this.#promote.all(now).map(({ queue }) => Number(queue)))
    return Array.from(queues, (queue) => this.#names.textOf(queue))
  }

  nextDue(): number | undefined {
    const due = this.#nextDue.get()?.due
    return typeof due === 'number' ? due : undefined
  }

  cancel(id: string, error: ErrorRecord, now: number): CancelOutcome {
    const row = this.#rows.byId(id)
    if (row === undefined) return 'missing'
    const { tasklet } = row
    if (isFinal(tasklet.status)) return 'settled'
    if (tasklet.status !== 'running') {
      this.#rows.replace(row, moves.toCancelled(tasklet, error, now), 0)
      return 'cancelled'
    }
    const asked = moves.withCancelRequest(tasklet, error.message, now)
    this.#rows.replace(row, asked, row.lost)
    return 'requested'
  }

  get(id: string): Tasklet | undefined {
    return this.#rows.byId(id)?.tasklet
  }

  list(filter: ListFilter): Page<Tasklet> {
    return listRecords(this.#db, this.#rows, filter)
  }

  counts(queue: string | undefined): Readonly<Record<Status, number>> {
    const byCode = new Map(
      this.#counts.all(queue ?? null).map(({ status, count }) => [status, Number(count)]),
    )
    const counts = { ...STATUS_CODES }
    for (const [status, code] of Object.entries(STATUS_CODES)) {
      counts[status as Status] = byCode.get(code) ?? 0
    }
    return counts
  }

  #rescueOne(row: Row, request: RescueRequest): Tasklet {
    const lost = row.lost + 1
    const tasklet = moves.toRescued(row.tasklet, request, lost)
    this.#rows.replace(row, tasklet, lost)
    return tasklet
  }
}
