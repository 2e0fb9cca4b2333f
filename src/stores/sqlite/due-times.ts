import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { NEVER } from '../../core/duration.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { Advance } from '../../ports/store-messages.ts'
import * as moves from '../moves.ts'
import type { Ledger } from './ledger.ts'

const UNSETTLED = 'expires_at IS NOT NULL AND status < 5 AND status <> 3'

const NEXT_DUE = `SELECT min(due) AS due FROM (
  SELECT min(not_before) AS due FROM tasklets
    WHERE not_before IS NOT NULL AND not_before < ${NEVER} AND status IN (1, 4)
  UNION ALL SELECT min(expires_at) FROM tasklets WHERE ${UNSETTLED}
  UNION ALL SELECT min(lease_until) FROM tasklets WHERE status = 3)`

const EXPIRED = `SELECT id FROM tasklets INDEXED BY expiries WHERE ${UNSETTLED} AND expires_at <= ?
  ORDER BY expires_at`

const DUE = `SELECT id FROM tasklets INDEXED BY later
  WHERE not_before IS NOT NULL AND not_before <= ? AND status IN (1, 4) ORDER BY not_before`

/** What happens because its time has come. */
export class DueTimes {
  readonly #ledger: Ledger
  readonly #expired: StatementSync
  readonly #due: StatementSync
  readonly #next: StatementSync

  constructor(db: DatabaseSync, ledger: Ledger) {
    this.#ledger = ledger
    this.#expired = db.prepare(EXPIRED)
    this.#due = db.prepare(DUE)
    this.#next = db.prepare(NEXT_DUE)
  }

  /** Inside a transaction only. */
  advance(now: number): Advance {
    const { rows } = this.#ledger
    const queues = new Set<string>()
    const expired: Tasklet[] = []
    for (const { id } of this.#expired.all(now)) {
      const row = rows.byId(String(id))
      if (row === undefined) continue
      const next = moves.toExpired(row.tasklet, now)
      this.#ledger.change('moved', row, next, now)
      expired.push(next)
    }
    // After all of them, so that one that has expired itself does not end for the sake of another.
    const changed = [...expired, ...this.#ledger.release(expired, now)]
    for (const { id } of this.#due.all(now)) {
      const row = rows.byId(String(id))
      if (row === undefined) continue
      this.#ledger.change('moved', row, moves.toPending(row.tasklet, now), now, row.lost)
      queues.add(row.tasklet.queue)
    }
    for (const { status, queue } of changed) if (status === 'pending') queues.add(queue)
    return { queues: [...queues], changed }
  }

  /** Inside a transaction only. */
  wake(ids: readonly string[], now: number): readonly Tasklet[] {
    return ids.flatMap((id) => {
      const row = this.#ledger.rows.byId(id)
      if (row?.tasklet.status !== 'scheduled') return []
      const next = moves.toPending(row.tasklet, now)
      this.#ledger.change('moved', row, next, now, row.lost)
      return [next]
    })
  }

  next(): number | undefined {
    const due = this.#next.get()?.['due']
    return typeof due === 'number' ? due : undefined
  }
}
