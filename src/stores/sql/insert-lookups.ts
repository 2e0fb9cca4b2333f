import type { Tasklet } from '../../core/tasklet.ts'
import { idempotencyKeyOf, uniqueKeyOf } from '../admission.ts'
import { holdsKey } from '../duplicates.ts'
import { isWaiting } from '../moves.ts'
import { hashOf } from './codes.ts'
import type { Counts } from './counts.ts'
import type { Dialect } from './dialect.ts'
import { toList } from './lists.ts'
import type { Records } from './records.ts'
import { RECORD, type Row, toRow } from './rows.ts'
import type { SqlSession } from './session.ts'
import type { Found } from './staged-inserts.ts'

/** What a group of insertions concerns besides its new records. */
export interface Concerns {
  /** Ids that are looked up. */
  readonly ids: readonly string[]
  /** Hashes. */
  readonly idempotency: readonly string[]
  /** Hashes. */
  readonly uniqueness: readonly string[]
  /** Queues with a limit. */
  readonly limited: readonly string[]
}

/** `isCareful`: whether an id is taken is looked up as well, before the database refuses it. */
export function concernsOf(
  tasklets: readonly Tasklet[],
  limited: readonly string[],
  isCareful: boolean,
): Concerns {
  const given = new Set(tasklets.map(({ id }) => id))
  const ids = new Set(isCareful ? given : [])
  const idempotency = new Set<string>()
  const uniqueness = new Set<string>()
  for (const tasklet of tasklets) {
    for (const { id } of tasklet.dependencies) if (!given.has(id)) ids.add(id)
    if (tasklet.replayOf !== undefined) ids.add(tasklet.replayOf)
    if (tasklet.idempotencyKey !== undefined) idempotency.add(hashOf(idempotencyKeyOf(tasklet)))
    if (tasklet.unique !== undefined) uniqueness.add(hashOf(uniqueKeyOf(tasklet)))
  }
  return { ids: [...ids], idempotency: [...idempotency], uniqueness: [...uniqueness], limited }
}

/** Looks up what insertions concern, and locks what they may change. */
export class InsertLookups {
  readonly #records: Records
  readonly #counts: Counts
  readonly #keyed: string
  readonly #holders: string

  constructor(dialect: Dialect, records: Records, counts: Counts) {
    const hashes = dialect.given({ hash: 'hash' })
    this.#records = records
    this.#counts = counts
    this.#keyed = `SELECT ${RECORD} FROM tasklets WHERE idempotency IS NOT NULL
      AND idempotency IN (SELECT given.hash FROM ${hashes})`
    this.#holders = `SELECT ${RECORD} FROM tasklets WHERE uniqueness IS NOT NULL
      AND uniqueness IN (SELECT given.hash FROM ${hashes}) ORDER BY sequence FOR UPDATE`
  }

  async find(session: SqlSession, concerns: Concerns, now: number): Promise<Found> {
    const named = await this.#records.lockIds(session, concerns.ids)
    const replays = named.flatMap(({ tasklet }) => tasklet.replayedBy ?? [])
    const replayed = await this.#records.byIds(session, replays)
    const keyed = await this.#hashed(session, this.#keyed, concerns.idempotency)
    const holders = await this.#hashed(session, this.#holders, concerns.uniqueness)
    await this.#letGoOf(
      session,
      holders.filter(({ tasklet }) => !holdsKey(tasklet, now)),
    )
    const waiting = new Map<string, number>()
    for (const queue of concerns.limited) {
      waiting.set(queue, await this.#waitingIn(session, queue))
    }
    return { rows: [...replayed, ...named], keyed, holders, waiting }
  }

  async #hashed(
    session: SqlSession,
    sql: string,
    hashes: readonly string[],
  ): Promise<readonly Row[]> {
    if (hashes.length === 0) return []
    return (await session.all(sql, [JSON.stringify(hashes.map((hash) => ({ hash })))])).map(toRow)
  }

  /** Records that hold their key no more are taken out of the index by the way. */
  async #letGoOf(session: SqlSession, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return
    const { sql, values } = toList(rows.map(({ tasklet: { sequence } }) => sequence))
    await session.run(`UPDATE tasklets SET uniqueness = NULL WHERE sequence IN ${sql}`, values)
  }

  async #waitingIn(session: SqlSession, queue: string): Promise<number> {
    const counts = await this.#counts.total(session, queue)
    let waiting = 0
    for (const [status, count] of Object.entries(counts)) {
      if (isWaiting(status as keyof typeof counts)) waiting += count
    }
    return waiting
  }
}
