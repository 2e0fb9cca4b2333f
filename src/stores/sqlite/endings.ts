import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type ErrorRecord, InputError } from '../../core/errors.ts'
import { toJson } from '../../core/json.ts'
import { isFinal } from '../../core/status.ts'
import type { Settlement, Tasklet } from '../../core/tasklet.ts'
import type {
  Cancellation,
  LeaseRef,
  Renewal,
  RescueRequest,
  SettleOutcome,
} from '../../ports/store-messages.ts'
import * as moves from '../moves.ts'
import type { Ledger } from './ledger.ts'
import type { Row } from './rows.ts'

const OWNERS = `SELECT name FROM names WHERE id IN
  (SELECT owner FROM tasklets INDEXED BY leases WHERE status = 3)`

const ENDED = `SELECT id FROM tasklets INDEXED BY leases WHERE status = 3 AND (lease_until <= ?1 OR owner
  IN (SELECT id FROM names WHERE name IN (SELECT value FROM json_each(?2))))`

const RENEW = `UPDATE tasklets SET lease_until = ? WHERE id = ? AND status = 3 AND deliveries = ?
  RETURNING cancel_requested`

const RENEW_WITH_DEADLINE = `UPDATE tasklets SET lease_until = ?,
  rare = json_set(coalesce(rare, '{}'), '$.deadline', json(?))
  WHERE id = ? AND status = 3 AND deliveries = ? RETURNING cancel_requested`

const WAITING = `SELECT id FROM tasklets INDEXED BY waiting WHERE (status < 2 OR status = 4) AND queue = ?1
  UNION ALL SELECT id FROM tasklets INDEXED BY ready WHERE status = 2 AND queue = ?1`

/** How deliveries end: settled, rescued or cancelled. Everything but `owners` writes. */
export class Endings {
  readonly #ledger: Ledger
  readonly #renew: StatementSync
  readonly #renewWithDeadline: StatementSync
  readonly #ended: StatementSync
  readonly #owners: StatementSync
  readonly #waiting: StatementSync

  constructor(db: DatabaseSync, ledger: Ledger) {
    this.#ledger = ledger
    this.#renew = db.prepare(RENEW)
    this.#renewWithDeadline = db.prepare(RENEW_WITH_DEADLINE)
    this.#ended = db.prepare(ENDED)
    this.#owners = db.prepare(OWNERS)
    this.#waiting = db.prepare(WAITING)
  }

  settle(settlement: Settlement): SettleOutcome {
    const { id, token, at } = settlement
    const leased = this.#ledger.leased.get(id)
    const row =
      leased !== undefined && moves.holds(leased.tasklet, token)
        ? this.#ledger.rows.withOwnValues(leased)
        : this.#ledger.rows.byId(id)
    const holder = row?.tasklet.lease?.owner
    if (row === undefined || !moves.holds(row.tasklet, token)) return { accepted: false, holder }
    try {
      const output = toJson(settlement.output, 'output')
      const tasklet = this.#write(row, leased !== undefined, settlement, output)
      if (tasklet === undefined) return this.settle(settlement)
      const changed = this.#ledger.release([tasklet], at)
      return { accepted: true, tasklet, changed }
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return { accepted: false, holder, error }
    }
  }

  /** Undefined when the row was not as it was remembered; it is forgotten then. */
  #write(row: Row, isRemembered: boolean, settlement: Settlement, output: unknown) {
    const next = moves.toSettled(row.tasklet, settlement, output)
    if (isRemembered) {
      if (this.#ledger.rows.complete(row, next)) {
        this.#ledger.noteChange('settled', row, next, settlement.at)
        return next
      }
      this.#ledger.leased.delete(next.id)
      return undefined
    }
    this.#ledger.change('settled', row, next, settlement.at)
    return next
  }

  renew(leases: readonly LeaseRef[], until: number): Renewal {
    const lost: string[] = []
    const cancelled: { id: string; reason: string }[] = []
    for (const { id, token, deadline } of leases) {
      const held =
        deadline === undefined
          ? this.#renew.get(until, id, token)
          : this.#renewWithDeadline.get(until, JSON.stringify(deadline), id, token)
      const reason = held?.['cancel_requested']
      if (held === undefined) lost.push(id)
      else if (typeof reason === 'string') cancelled.push({ id, reason })
    }
    return { lost, cancelled }
  }

  rescue(request: RescueRequest): readonly Tasklet[] {
    const ended = this.#ended.all(request.now, JSON.stringify(request.deadOwners))
    return ended.flatMap(({ id }) => {
      const row = this.#ledger.rows.byId(String(id))
      return row === undefined ? [] : this.#rescueOne(row, request)
    })
  }

  owners(): readonly string[] {
    return this.#owners.all().map(({ name }) => String(name))
  }

  cancel(id: string, error: ErrorRecord, now: number): Cancellation {
    const row = this.#ledger.rows.byId(id)
    if (row === undefined) return { outcome: 'missing', changed: [] }
    const { tasklet } = row
    if (isFinal(tasklet.status)) return { outcome: 'settled', changed: [] }
    if (tasklet.status !== 'running') {
      const next = this.#cancelWaiting(row, error, now)
      return { outcome: 'cancelled', changed: [next, ...this.#ledger.release([next], now)] }
    }
    const asked = moves.withCancelRequest(tasklet, error.message, now)
    this.#ledger.change('moved', row, asked, now, row.lost)
    return { outcome: 'requested', changed: [] }
  }

  clear(queue: string, error: ErrorRecord, now: number): readonly Tasklet[] {
    const id = this.#ledger.names.find(queue)
    if (id === undefined) return []
    const cancelled = this.#waiting.all(id).flatMap((found) => {
      const row = this.#ledger.rows.byId(String(found['id']))
      return row === undefined ? [] : [this.#cancelWaiting(row, error, now)]
    })
    // After all of them, so that one that waits itself does not end for the sake of another.
    return [...cancelled, ...this.#ledger.release(cancelled, now)]
  }

  #cancelWaiting(row: Row, error: ErrorRecord, now: number): Tasklet {
    const next = moves.toCancelled(row.tasklet, error, now)
    this.#ledger.change('moved', row, next, now)
    return next
  }

  #rescueOne(row: Row, request: RescueRequest): readonly Tasklet[] {
    const lost = row.lost + 1
    const next = moves.toRescued(row.tasklet, request, lost)
    this.#ledger.change('rescued', row, next, request.now, lost)
    return [next, ...this.#ledger.release([next], request.now)]
  }
}
