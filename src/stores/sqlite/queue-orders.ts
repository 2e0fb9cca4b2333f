import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { QueueInfo, QueueOrder } from '../../ports/store-messages.ts'
import { missing, toPrioritised } from '../moves.ts'
import { moved, notPending, orderVersion, type Place, reordered } from '../order.ts'
import type { Ledger } from './ledger.ts'

/** The numbers of a queue, a task and a group, and a priority. */
type Level = readonly [queue: number, task: number, group: number, priority: number]

/** Three leaps, because a comparison of rows would use the index for its first column alone. */
const NEXT_LEVEL = [
  'task = ?2 AND grp = ?3 AND priority > ?4',
  'task = ?2 AND grp > ?3',
  'task > ?2',
]
  .map(
    (beyond) => `SELECT * FROM (SELECT task, grp, priority FROM tasklets INDEXED BY ready
      WHERE status = 2 AND queue = ?1 AND ${beyond} ORDER BY task, grp, priority LIMIT 1)`,
  )
  .join(' UNION ALL ')

/**
 * Among equals the oldest stands first, unless somebody moved others in front of it: it is looked
 * for among the first hundred, so that the answer costs the same however many wait.
 */
const OLDEST = `SELECT min(created_at) AS oldest FROM (
  SELECT created_at FROM tasklets INDEXED BY ready
  WHERE status = 2 AND queue = ? AND task = ? AND grp = ? AND priority = ?
  ORDER BY rank LIMIT 100)`

/** The waiting order of queues, and whether they are paused. */
export class QueueOrders {
  readonly #ledger: Ledger
  readonly #places: StatementSync
  readonly #place: StatementSync
  readonly #prioritise: StatementSync
  readonly #pause: StatementSync
  readonly #nextLevel: StatementSync
  readonly #oldest: StatementSync

  constructor(db: DatabaseSync, ledger: Ledger) {
    this.#ledger = ledger
    this.#places = db.prepare(`SELECT id, priority, rank FROM tasklets INDEXED BY ready
      WHERE status = 2 AND queue = ? ORDER BY priority, rank`)
    this.#place = db.prepare('UPDATE tasklets SET priority = ?, rank = ? WHERE id = ?')
    this.#prioritise = db.prepare(
      'UPDATE tasklets SET priority = ?, rank = sequence WHERE sequence = ?',
    )
    this.#pause = db.prepare(`INSERT INTO queues (queue, paused) VALUES (?1, ?2)
      ON CONFLICT (queue) DO UPDATE SET paused = ?2`)
    this.#nextLevel = db.prepare(NEXT_LEVEL)
    this.#oldest = db.prepare(OLDEST)
  }

  order(queue: string): QueueOrder {
    const ids = this.#read(queue).map(({ id }) => id)
    return { ids, version: orderVersion(ids) }
  }

  reorder(queue: string, ids: readonly string[], version: string): void {
    this.#write(reordered(this.#read(queue), ids, version))
  }

  move(id: string, position: number): void {
    const tasklet = this.#ledger.rows.byId(id)?.tasklet
    if (tasklet === undefined) throw missing(id)
    if (tasklet.status !== 'pending') throw notPending(id)
    this.#write(moved(this.#read(tasklet.queue), id, position))
  }

  setPriority(id: string, priority: number): void {
    const row = this.#ledger.rows.byId(id)
    if (row === undefined) throw missing(id)
    const next = toPrioritised(row.tasklet, priority)
    this.#prioritise.run(next.priority, next.sequence)
  }

  setPaused(queue: string, paused: boolean): void {
    this.#pause.run(this.#ledger.names.idOf(queue), paused ? 1 : 0)
  }

  queues(): readonly QueueInfo[] {
    return this.#ledger.counts.queues().map((info) => ({
      ...info,
      oldestPending: info.counts.pending === 0 ? undefined : this.#oldestPending(info.queue),
    }))
  }

  #oldestPending(queue: string): number | undefined {
    const id = this.#ledger.names.find(queue)
    if (id === undefined) return undefined
    let oldest: number | undefined
    const first = [id, -1, -1, -1] as const
    for (let level = this.#levelAfter(first); level; level = this.#levelAfter(level)) {
      const found = Number(this.#oldest.get(...level)?.['oldest'])
      oldest = Math.min(oldest ?? found, found)
    }
    return oldest
  }

  /** The next task, group and priority of the queue that something is pending of. */
  #levelAfter([queue, ...after]: Level): Level | undefined {
    const found = this.#nextLevel.get(queue, ...after)
    return found && [queue, Number(found['task']), Number(found['grp']), Number(found['priority'])]
  }

  #read(queue: string): readonly Place[] {
    const id = this.#ledger.names.find(queue)
    if (id === undefined) return []
    return this.#places.all(id).map((row) => ({
      id: String(row['id']),
      priority: Number(row['priority']),
      rank: Number(row['rank']),
    }))
  }

  #write(places: readonly Place[]): void {
    for (const { id, priority, rank } of places) this.#place.run(priority, rank, id)
  }
}
