import { NEVER } from '../../core/duration.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { Advance } from '../../ports/store-messages.ts'
import * as moves from '../moves.ts'
import type { Ledger } from './ledger.ts'
import type { Releases } from './releases.ts'
import { RECORD, toNumber, toRow } from './rows.ts'
import type { SqlSession } from './session.ts'

const UNSETTLED = 'expires_at IS NOT NULL AND status IN (0, 1, 2, 4)'

// One by one: the smallest of each is the beginning of an index.
const FIRST_DUE = [1, 4].map(
  (status) => `SELECT min(not_before) AS due FROM tasklets
    WHERE status = ${status} AND not_before < ${NEVER}`,
)
const NEXT_DUE = [
  ...FIRST_DUE,
  `SELECT min(expires_at) AS due FROM tasklets WHERE ${UNSETTLED}`,
  'SELECT min(lease_until) AS due FROM tasklets WHERE status = 3',
].join(' UNION ALL ')

const EXPIRED = `SELECT ${RECORD} FROM tasklets WHERE ${UNSETTLED} AND expires_at <= ?
  ORDER BY sequence FOR UPDATE`

const DUE = `SELECT ${RECORD} FROM tasklets WHERE status IN (1, 4) AND not_before <= ?
  ORDER BY sequence FOR UPDATE`

/** What happens because its time has come. */
export class DueTimes {
  readonly #releases: Releases

  constructor(releases: Releases) {
    this.#releases = releases
  }

  async advance(ledger: Ledger, now: number): Promise<Advance> {
    const expired = (await ledger.session.all(EXPIRED, [now])).map((cells) => {
      const row = toRow(cells)
      return { row, next: moves.toExpired(row.tasklet, now) }
    })
    await ledger.change('moved', expired, now)
    // After all of them, so that one that has expired itself does not end for the sake of another.
    const released = await this.#releases.release(ledger, expired, now)
    const changed = [...expired.map(({ next }) => next), ...released]
    const due = (await ledger.session.all(DUE, [now])).map((cells) => {
      const row = toRow(cells)
      return { row, next: moves.toPending(row.tasklet, now), lost: row.lost }
    })
    await ledger.change('moved', due, now)
    const queues = new Set(due.map(({ next }) => next.queue))
    for (const { status, queue } of changed) if (status === 'pending') queues.add(queue)
    return { queues: [...queues], changed }
  }

  async wake(ledger: Ledger, ids: readonly string[], now: number): Promise<readonly Tasklet[]> {
    const rows = await ledger.records.lockIds(ledger.session, ids)
    const woken = rows
      .filter(({ tasklet }) => tasklet.status === 'scheduled')
      .map((row) => ({ row, next: moves.toPending(row.tasklet, now), lost: row.lost }))
    await ledger.change('moved', woken, now)
    const changed = new Map(woken.map(({ next }) => [next.id, next]))
    return [...new Set(ids)].flatMap((id) => changed.get(id) ?? [])
  }

  async next(session: SqlSession): Promise<number | undefined> {
    const times = (await session.all(NEXT_DUE)).flatMap(({ due }) => toNumber(due) ?? [])
    return times.length === 0 ? undefined : Math.min(...times)
  }
}
