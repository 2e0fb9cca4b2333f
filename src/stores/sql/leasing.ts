import type { ClaimRequest } from '../../ports/store-messages.ts'
import type { Dialect } from './dialect.ts'
import { toList } from './lists.ts'
import { RECORD, type Row, toRow } from './rows.ts'
import type { Selection } from './selecting.ts'
import type { SqlSession } from './session.ts'

const QUEUE = 'SELECT paused, turn FROM queues WHERE queue = ?'
const LIMITS = 'claim-limits'
const LOCK_LIMITS = 'SELECT name FROM locks WHERE name = ? FOR UPDATE'
const TURN = 'UPDATE queues SET turn = ? WHERE queue = ? AND turn < ?'
const LEASE = `UPDATE tasklets SET status = 3, deliveries = deliveries + 1, owner = ?,
  lease_until = ?, started_at = ?, updated_at = ? WHERE sequence IN`

export interface ClaimedQueue {
  readonly isPaused: boolean
  /** The last turn that was given. */
  readonly turn: number
}

/** What to do with a record that another transaction has locked. */
export type WhenLocked = 'pass over' | 'wait'

/** What claims write. Inside a transaction only. */
export class Leasing {
  readonly #addLock: string
  readonly #serve: string
  readonly #find: Readonly<Record<WhenLocked, string>>
  readonly #lease: Readonly<Record<WhenLocked, string>> | undefined

  constructor(dialect: Dialect) {
    const sequences = dialect.given({ sequence: 'bigint' })
    const chosen = `IN (SELECT given.sequence FROM ${sequences})`
    this.#addLock = dialect.upsert('INSERT INTO locks (name) VALUES (?)', ['name'], {})
    this.#serve = dialect.upsert(
      `INSERT INTO turns (queue, lane, served) SELECT given.queue, given.lane, given.served
        FROM ${dialect.given({ queue: 'name', lane: 'hash', served: 'bigint' })}`,
      ['queue', 'lane'],
      { served: dialect.incoming('served') },
    )
    const free = `SELECT ${RECORD} FROM tasklets WHERE status + 0 = 2 AND sequence ${chosen}`
    const lease = (rows: string) => `UPDATE tasklets SET status = 3,
      deliveries = free.deliveries + 1, owner = ?, lease_until = ?, started_at = ?, updated_at = ?
      FROM (${rows}) AS free WHERE tasklets.sequence = free.sequence RETURNING free.*`
    this.#find = { 'pass over': `${free} ${dialect.skipLocked}`, wait: `${free} FOR UPDATE` }
    if (dialect.hasReturning) {
      this.#lease = { 'pass over': lease(this.#find['pass over']), wait: lease(this.#find.wait) }
    }
  }

  /** The queue, if it ever had anything; locked until the transaction ends. */
  async queue(
    session: SqlSession,
    queue: string,
    isLocked: boolean,
  ): Promise<ClaimedQueue | undefined> {
    const [row] = await session.all(isLocked ? `${QUEUE} FOR UPDATE` : QUEUE, [queue])
    return row && { isPaused: row['paused'] === 1, turn: Number(row['turn']) }
  }

  /**
   * Claims with limits that hold across queues go one by one. False: what was read in the same round
   * trip was read before the lock.
   */
  async lockLimits(session: SqlSession): Promise<boolean> {
    const found = await session.all(LOCK_LIMITS, [LIMITS])
    if (found.length > 0) return true
    await session.run(this.#addLock, [LIMITS])
    await session.all(LOCK_LIMITS, [LIMITS])
    return false
  }

  /** Leases those that are still pending (and that nobody is changing), as they were before. */
  async lease(
    session: SqlSession,
    { owner, leaseUntil, now }: ClaimRequest,
    sequences: readonly number[],
    locked: WhenLocked,
  ): Promise<readonly Row[]> {
    const chosen = JSON.stringify(sequences.map((sequence) => ({ sequence })))
    const lease = [owner, leaseUntil, now, now]
    if (this.#lease !== undefined) {
      return (await session.all(this.#lease[locked], [...lease, chosen])).map(toRow)
    }
    const rows = (await session.all(this.#find[locked], [chosen])).map(toRow)
    if (rows.length === 0) return []
    const { sql, values } = toList(rows.map(({ tasklet: { sequence } }) => sequence))
    await session.run(`${LEASE} ${sql}`, [...lease, ...values])
    return rows
  }

  /** Keeps the turns of tasks that have groups; the others have nobody to take turns with. */
  keepTurns(session: SqlSession, queue: string, selection: Selection): void {
    const grouped = new Set(
      selection.lanes.flatMap(({ task, group }) => (group === undefined ? [] : [task])),
    )
    const turns = new Map<string, number>()
    for (const { lane, task, turn } of selection.served) {
      // With ageing a group has more than one lane.
      if (grouped.has(task)) turns.set(lane, Math.max(turn, turns.get(lane) ?? 0))
    }
    if (turns.size === 0) return
    const given = [...turns].map(([lane, served]) => ({ queue, lane, served }))
    given.sort((one, other) => (one.lane < other.lane ? -1 : 1))
    session.later(this.#serve, [JSON.stringify(given)])
    session.later(TURN, [selection.turn, queue, selection.turn])
  }
}
