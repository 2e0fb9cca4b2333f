import type { Schedule } from '../../plan/model.ts'
import { latestInstants } from '../../plan/schedules/instants.ts'

/** An instant that is seen to this late, in milliseconds, was not missed. */
const GRACE = 60_000
/** More than these are not counted one by one. */
const MOST_COUNTED = 1000

export interface Choice {
  /** Instants to be fired, oldest first. */
  readonly chosen: readonly number[]
  /** How many instants nothing will come of; at most 1000 are counted. */
  readonly dropped: number
  /** The newest of those; they are all older than those that fire. Undefined: there are none. */
  readonly newestDropped: number | undefined
}

/**
 * Of the instants that have come since the last one, those that fire. Only the newest can be on
 * time; the others were missed, because nobody was there or the clock was put forward.
 */
export function chooseInstants(schedule: Schedule, lastInstant: number, now: number): Choice {
  const { policy, limit } = schedule.misfire
  const most = Math.max(MOST_COUNTED, limit)
  const due = latestInstants(schedule, { after: lastInstant, until: now, limit: most })
  const newest = due.at(-1)
  if (newest === undefined) return { chosen: [], dropped: 0, newestDropped: undefined }
  const isOnTime = now - newest <= GRACE
  const fires = policy === 'skip' ? Number(isOnTime) : limit
  const dropped = Math.max(0, due.length - fires)
  return { chosen: due.slice(dropped), dropped, newestDropped: due[dropped - 1] }
}
