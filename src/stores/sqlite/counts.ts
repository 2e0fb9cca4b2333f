import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { noCounts, STATUSES, type Status, type StatusCounts } from '../../core/status.ts'
import { isWaiting } from '../moves.ts'
import type { Names } from './names.ts'

const COLUMNS = STATUSES.join(', ')
const ADD = `INSERT INTO queues (queue, ${COLUMNS}) VALUES (?, ${STATUSES.map(() => '?').join(', ')})
  ON CONFLICT (queue) DO UPDATE SET
  ${STATUSES.map((status) => `${status} = ${status} + excluded.${status}`).join(', ')}`

/**
 * How many records of each queue have each status: kept in one row a queue, so that nothing is ever
 * counted by reading records. What a transaction changes is summed up here and written by `flush`
 * before its commit.
 */
export class Counts {
  readonly #names: Names
  readonly #changes = new Map<string, StatusCounts>()
  readonly #stored = new Map<string, StatusCounts>()
  readonly #one: StatementSync
  readonly #all: StatementSync
  readonly #add: StatementSync

  constructor(db: DatabaseSync, names: Names) {
    this.#names = names
    this.#one = db.prepare(`SELECT ${COLUMNS} FROM queues WHERE queue = ?`)
    this.#all = db.prepare(`SELECT name, paused, ${COLUMNS} FROM queues
      JOIN names ON names.id = queue ORDER BY name`)
    this.#add = db.prepare(ADD)
  }

  shift(queue: string, status: Status, by: 1 | -1): void {
    let change = this.#changes.get(queue)
    if (change === undefined) {
      change = noCounts()
      this.#changes.set(queue, change)
    }
    change[status] += by
  }

  /** How many tasklets wait in the queue, with what the transaction has done so far. */
  waiting(queue: string): number {
    const stored = this.#read(queue)
    const change = this.#changes.get(queue)
    let waiting = 0
    for (const status of STATUSES) {
      if (isWaiting(status)) waiting += stored[status] + (change?.[status] ?? 0)
    }
    return waiting
  }

  /** Of one queue or of all, as committed. */
  total(queue: string | undefined): StatusCounts {
    const sum = noCounts()
    for (const one of this.queues()) {
      if (queue !== undefined && queue !== one.queue) continue
      for (const status of STATUSES) sum[status] += one.counts[status]
    }
    return sum
  }

  /** Every queue that has tasklets or was paused, by name. */
  queues(): { queue: string; paused: boolean; counts: StatusCounts }[] {
    return this.#all
      .all()
      .map((row) => ({
        queue: String(row['name']),
        paused: row['paused'] === 1,
        counts: toCounts(row),
      }))
      .filter(({ paused, counts }) => paused || STATUSES.some((status) => counts[status] > 0))
  }

  flush(): void {
    for (const [queue, change] of this.#changes) {
      if (STATUSES.every((status) => change[status] === 0)) continue
      this.#add.run(this.#names.idOf(queue), ...STATUSES.map((status) => change[status]))
      const stored = this.#stored.get(queue)
      if (stored) for (const status of STATUSES) stored[status] += change[status]
    }
    this.#changes.clear()
  }

  /** What the transaction has changed is undone. */
  forgetChanges(): void {
    this.#changes.clear()
  }

  /** Somebody else has written. */
  forgetStored(): void {
    this.#stored.clear()
  }

  #read(queue: string): StatusCounts {
    let stored = this.#stored.get(queue)
    if (stored === undefined) {
      const id = this.#names.find(queue)
      const row = id === undefined ? undefined : this.#one.get(id)
      stored = row === undefined ? noCounts() : toCounts(row)
      this.#stored.set(queue, stored)
    }
    return stored
  }
}

function toCounts(row: Record<string, unknown>): StatusCounts {
  const counts = noCounts()
  for (const status of STATUSES) counts[status] = Number(row[status])
  return counts
}
