import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { QueueInfo, QueueOrder } from '../../ports/store-messages.ts'
import { missing, toPrioritised } from '../moves.ts'
import { moved, notPending, orderVersion, type Place, reordered } from '../order.ts'
import type { Ledger } from './ledger.ts'

/** The waiting order of queues, and whether they are paused. */
export class QueueOrders {
  readonly #ledger: Ledger
  readonly #places: StatementSync
  readonly #place: StatementSync
  readonly #prioritise: StatementSync
  readonly #pause: StatementSync
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
    this.#oldest = db.prepare(`SELECT min(created_at) AS oldest FROM tasklets INDEXED BY ready
      WHERE status = 2 AND queue = ?`)
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
    const oldest = this.#oldest.get(this.#ledger.names.find(queue) ?? null)?.['oldest']
    return typeof oldest === 'number' ? oldest : undefined
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
