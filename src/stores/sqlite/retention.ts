import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { isFinal } from '../../core/status.ts'
import type { SweepRequest } from '../../ports/store-messages.ts'
import type { Holds } from './holds.ts'
import type { Ledger } from './ledger.ts'
import type { Row } from './rows.ts'

const NEEDED = `EXISTS (SELECT 1 FROM dependencies AS edge
  JOIN tasklets AS dependent ON dependent.sequence = edge.dependent
  WHERE edge.dependency = tasklets.sequence AND dependent.status < 5)`

/** Final records of one status that nobody waits for, oldest first. */
const OLD = `SELECT sequence FROM tasklets INDEXED BY final
  WHERE status = ?1 AND status >= 5 AND settled_at < ?2 AND NOT ${NEEDED}
  ORDER BY settled_at LIMIT ?3`

/** Of so many of the oldest completed and cancelled records those that nobody waits for. */
const EXCESS = `SELECT sequence FROM (
    SELECT sequence, settled_at FROM tasklets INDEXED BY final WHERE status = 5 AND status >= 5
    UNION ALL
    SELECT sequence, settled_at FROM tasklets INDEXED BY final WHERE status = 7 AND status >= 5
    ORDER BY settled_at LIMIT ?1) AS tasklets
  WHERE NOT ${NEEDED} LIMIT ?2`

/** Records indexed for search by one sweep: about ten milliseconds. */
const INDEXED_BY_SWEEP = 500

/** Removes final records. Inside a transaction only. */
export class Retention {
  readonly #ledger: Ledger
  readonly #holds: Holds
  readonly #old: StatementSync
  readonly #excess: StatementSync
  readonly #delete: StatementSync
  readonly #deleteEdges: StatementSync
  readonly #deleteSteps: StatementSync

  constructor(db: DatabaseSync, ledger: Ledger, holds: Holds) {
    this.#ledger = ledger
    this.#holds = holds
    this.#old = db.prepare(OLD)
    this.#excess = db.prepare(EXCESS)
    this.#delete = db.prepare('DELETE FROM tasklets WHERE sequence = ?')
    this.#deleteSteps = db.prepare('DELETE FROM steps WHERE tasklet = ?')
    this.#deleteEdges = db.prepare(
      'DELETE FROM dependencies WHERE dependency = ?1 OR dependent = ?1',
    )
  }

  /** Final records only; the others are left alone. */
  remove(ids: readonly string[]): number {
    const rows = [...new Set(ids)].map((id) => this.#ledger.rows.byId(id))
    return this.#removeRows(rows.filter((row) => row !== undefined))
  }

  sweep({ settledBefore, failedBefore, keep, limit }: SweepRequest): number {
    this.#ledger.search.catchUp(this.#ledger.rows, INDEXED_BY_SWEEP)
    const counts = this.#ledger.counts.total(undefined)
    const excess = counts.completed + counts.cancelled - keep
    const found = new Set<number>()
    const take = (statement: StatementSync, ...bounds: number[]) => {
      const left = limit - found.size
      if (left <= 0) return
      for (const row of statement.all(...bounds, left)) found.add(Number(row['sequence']))
    }
    if (excess > 0) take(this.#excess, excess)
    take(this.#old, 5, settledBefore)
    take(this.#old, 7, settledBefore)
    take(this.#old, 6, failedBefore)
    return this.#removeRows(this.#ledger.rows.bySequences([...found]))
  }

  #removeRows(rows: readonly Row[]): number {
    if (rows.length === 0) return 0
    // A new record may be given the sequence of one that was removed, and must not find its hold.
    this.#holds.forgetDead()
    let removed = 0
    for (const { tasklet, cells } of rows) {
      if (!isFinal(tasklet.status)) continue
      this.#ledger.search.drop(tasklet.sequence)
      this.#ledger.rows.dropPayloads(cells)
      this.#deleteEdges.run(tasklet.sequence)
      this.#deleteSteps.run(tasklet.sequence)
      this.#delete.run(tasklet.sequence)
      this.#ledger.journal.note('moved', tasklet, undefined, tasklet.updatedAt)
      removed += 1
    }
    return removed
  }
}
