import type { Tasklet } from '../../core/tasklet.ts'
import type { Tallies } from '../tallies.ts'

/** What was done to a record. */
export type Deed = 'inserted' | 'started' | 'settled' | 'rescued' | 'moved'

/** One change of a record; without `previous` it is new. */
export interface Note {
  readonly deed: Deed
  readonly previous: Tasklet | undefined
  readonly next: Tasklet
  readonly now: number
}

/** Counts the change, once it is committed. */
export function tally(tallies: Tallies, { deed, previous, next, now }: Note): void {
  if (previous === undefined) {
    tallies.inserted(next)
    tallies.ended(next, now)
    return
  }
  if (deed === 'rescued') tallies.leaseExpired(previous, now)
  if (deed === 'started') tallies.started(previous, now)
  else if (deed === 'settled') tallies.settled(previous, next, now)
  else if (previous.status !== next.status) tallies.ended(next, now)
}
