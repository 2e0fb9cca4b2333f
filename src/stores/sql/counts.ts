import { noCounts, STATUSES, type StatusCounts } from '../../core/status.ts'
import { toStatus } from './codes.ts'
import type { SqlSession } from './session.ts'

const ALL = 'SELECT status, sum(amount) AS amount FROM counters GROUP BY status'
const OF_QUEUE =
  'SELECT status, sum(amount) AS amount FROM counters WHERE queue = ? GROUP BY status'
const BY_QUEUE = `SELECT queue, status, sum(amount) AS amount FROM counters
  GROUP BY queue, status`
const PAUSED = 'SELECT queue FROM queues WHERE paused = 1'

export interface CountedQueue {
  readonly queue: string
  readonly paused: boolean
  readonly counts: StatusCounts
}

/** How many records of each queue have each status, as committed: the sum of all slots. */
export class Counts {
  /** Of one queue or of all. */
  async total(session: SqlSession, queue: string | undefined): Promise<StatusCounts> {
    const rows = await (queue === undefined ? session.all(ALL) : session.all(OF_QUEUE, [queue]))
    const counts = noCounts()
    for (const { status, amount } of rows) counts[toStatus(status)] = Number(amount)
    return counts
  }

  /** Every queue that has tasklets or was paused, by name. */
  async queues(session: SqlSession): Promise<readonly CountedQueue[]> {
    const byQueue = new Map<string, StatusCounts>()
    const countsOf = (queue: string) => {
      const counts = byQueue.get(queue) ?? noCounts()
      byQueue.set(queue, counts)
      return counts
    }
    for (const { queue, status, amount } of await session.all(BY_QUEUE)) {
      countsOf(String(queue))[toStatus(status)] = Number(amount)
    }
    const paused = new Set((await session.all(PAUSED)).map(({ queue }) => String(queue)))
    for (const queue of paused) countsOf(queue)
    return [...byQueue]
      .map(([queue, counts]) => ({ queue, paused: paused.has(queue), counts }))
      .filter((one) => one.paused || STATUSES.some((status) => one.counts[status] > 0))
      .sort((one, other) => (one.queue < other.queue ? -1 : 1))
  }
}
