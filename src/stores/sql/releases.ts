import { isFinal } from '../../core/status.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import { toUnblocked } from '../dependencies.ts'
import type { Dialect } from './dialect.ts'
import type { Changed, Ledger } from './ledger.ts'
import { RECORD, type Row, toRow } from './rows.ts'

/** A record that has just become final. */
interface Ended {
  readonly tasklet: Tasklet
  /** What its end comes of, by place among those that `release` was given. */
  readonly cause: number
}

export interface Released {
  readonly tasklet: Tasklet
  readonly cause: number
}

function endedOf(changes: readonly (Changed & { readonly cause: number })[]): readonly Ended[] {
  return changes.flatMap(({ row: { hasDependents }, next, cause }) =>
    hasDependents && isFinal(next.status) ? [{ tasklet: next, cause }] : [],
  )
}

function causesOf({ dependencies }: Tasklet, ended: readonly Ended[]): readonly Ended[] {
  const ids = new Set(dependencies.map(({ id }) => id))
  return ended.filter(({ tasklet }) => ids.has(tasklet.id))
}

/** Moves what waited for records that have become final, and what waited for that, and so on. */
export class Releases {
  readonly #lock: string
  readonly #ready: string
  readonly #needed: string

  constructor(dialect: Dialect) {
    const ended = dialect.given({ sequence: 'bigint', completed: 'bigint' })
    const waiting = `SELECT edge.dependent FROM dependencies AS edge
      JOIN ${ended} ON given.sequence = edge.dependency`
    this.#lock = `SELECT sequence FROM tasklets WHERE status = 0 AND sequence IN (${waiting})
      ORDER BY sequence FOR UPDATE`
    // In a statement of its own: what others settled while this one waited for the locks counts.
    this.#ready = `SELECT ${RECORD} FROM tasklets WHERE status = 0 AND sequence IN (
      ${waiting} WHERE given.completed = 0 OR NOT EXISTS (
        SELECT 1 FROM dependencies AS open
        JOIN tasklets AS needed ON needed.sequence = open.dependency
        WHERE open.dependent = edge.dependent AND needed.status < 5)) ORDER BY sequence`
    this.#needed = `SELECT ${RECORD} FROM tasklets WHERE sequence IN (
      SELECT edge.dependency FROM dependencies AS edge
      JOIN ${dialect.given({ sequence: 'bigint' })} ON given.sequence = edge.dependent)`
  }

  /** Returns the records that changed, as they are now. */
  async release(
    ledger: Ledger,
    changes: readonly Changed[],
    now: number,
  ): Promise<readonly Tasklet[]> {
    const released = await this.releaseByCause(ledger, changes, now)
    return released.map(({ tasklet }) => tasklet)
  }

  /** The same, each with the place of the change that it comes of. */
  async releaseByCause(
    ledger: Ledger,
    changes: readonly Changed[],
    now?: number,
  ): Promise<readonly Released[]> {
    const released: Released[] = []
    let level = endedOf(changes.map((change, cause) => ({ ...change, cause })))
    while (level.length > 0) {
      const moved = await this.#unblock(ledger, level, now)
      await ledger.change('moved', moved, now)
      for (const { next, cause } of moved) released.push({ tasklet: next, cause })
      level = endedOf(moved)
    }
    return released
  }

  async #unblock(ledger: Ledger, ended: readonly Ended[], now: number | undefined) {
    const rows = await this.#dependents(ledger, ended)
    const needed = await this.#neededBy(ledger, rows)
    return rows.flatMap((row) => {
      const of = causesOf(row.tasklet, ended)
      const at = now ?? Math.max(...of.map(({ tasklet }) => tasklet.updatedAt))
      const next = toUnblocked(row.tasklet, (id) => needed.get(id), at)
      if (next === row.tasklet) return []
      // It waited for the last of them, or one that failed ended it.
      const failed = of.find(({ tasklet }) => tasklet.status !== 'completed')
      const cause = (isFinal(next.status) ? failed : of.at(-1))?.cause ?? 0
      return [{ row, next, cause }]
    })
  }

  async #dependents({ session }: Ledger, ended: readonly Ended[]): Promise<readonly Row[]> {
    const given = JSON.stringify(
      ended.map(({ tasklet: { sequence, status } }) => ({
        sequence,
        completed: status === 'completed' ? 1 : 0,
      })),
    )
    const locked = await session.all(this.#lock, [given])
    return locked.length === 0 ? [] : (await session.all(this.#ready, [given])).map(toRow)
  }

  async #neededBy(
    { session }: Ledger,
    rows: readonly Row[],
  ): Promise<ReadonlyMap<string, Tasklet>> {
    if (rows.length === 0) return new Map()
    const given = JSON.stringify(rows.map(({ tasklet: { sequence } }) => ({ sequence })))
    const needed = (await session.all(this.#needed, [given])).map(toRow)
    return new Map(needed.map(({ tasklet }) => [tasklet.id, tasklet]))
  }
}
