import { addHistograms, countDuration } from '../core/histogram.ts'
import { isFinal } from '../core/status.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { Tally } from '../ports/store-messages.ts'
import { readySince } from './moves.ts'

export const MINUTE = 60_000
export const KEPT = 24 * 60 * MINUTE

/** What was counted, wherever and whenever that was. */
type Counted = Omit<Tally, 'queue' | 'minute'>

export function sumOf(one: Counted, other: Counted): Counted {
  return {
    submitted: one.submitted + other.submitted,
    completed: one.completed + other.completed,
    failed: one.failed + other.failed,
    cancelled: one.cancelled + other.cancelled,
    retried: one.retried + other.retried,
    leasesExpired: one.leasesExpired + other.leasesExpired,
    waits: addHistograms([one.waits, other.waits]),
    runs: addHistograms([one.runs, other.runs]),
  }
}

/** From the JSON text in which an engine has written it itself, so it has that shape. */
export function parseCounted(cell: unknown): Counted {
  return JSON.parse(String(cell)) as Counted
}

/** A tally while it is counted. */
type Counting = {
  -readonly [Field in keyof Tally]: Tally[Field] extends readonly number[] ? number[] : Tally[Field]
}

/** Counts what happens, by queue and minute. Every call is a few additions. */
export class Tallies {
  readonly #byQueue = new Map<string, Map<number, Counting>>()
  #latest: Counting | undefined

  inserted({ queue, createdAt }: Tasklet): void {
    this.#at(queue, createdAt).submitted += 1
  }

  started(pending: Tasklet, now: number): void {
    countDuration(this.#at(pending.queue, now).waits, now - readySince(pending))
  }

  /** A delivery was settled; one that was given back counts for nothing. */
  settled(running: Tasklet, next: Tasklet, now: number): void {
    if (next.status === 'pending') return
    const tally = this.#at(running.queue, now)
    countDuration(tally.runs, now - (running.startedAt ?? now))
    if (next.status === 'retrying') tally.retried += 1
    else this.ended(next, now)
  }

  /** A record became final in whatever way. */
  ended({ queue, status }: Tasklet, now: number): void {
    if (!isFinal(status)) return
    const tally = this.#at(queue, now)
    if (status === 'completed') tally.completed += 1
    else if (status === 'failed') tally.failed += 1
    else tally.cancelled += 1
  }

  leaseExpired({ queue }: Tasklet, now: number): void {
    this.#at(queue, now).leasesExpired += 1
  }

  /** Those of the minute that holds the given time, and of later ones; earliest first. */
  since(time: number): Tally[] {
    const found: Tally[] = []
    for (const minutes of this.#byQueue.values()) {
      for (const tally of minutes.values()) {
        if (tally.minute + MINUTE > time) {
          found.push({ ...tally, waits: [...tally.waits], runs: [...tally.runs] })
        }
      }
    }
    return found.sort(
      (one, other) => one.minute - other.minute || (one.queue < other.queue ? -1 : 1),
    )
  }

  #at(queue: string, time: number): Counting {
    const latest = this.#latest
    if (latest !== undefined && latest.queue === queue && isWithin(time, latest.minute))
      return latest
    this.#latest = this.#find(queue, Math.floor(time / MINUTE) * MINUTE)
    return this.#latest
  }

  #find(queue: string, minute: number): Counting {
    let minutes = this.#byQueue.get(queue)
    if (minutes === undefined) {
      minutes = new Map()
      this.#byQueue.set(queue, minutes)
    }
    let tally = minutes.get(minute)
    if (tally === undefined) {
      for (const old of minutes.keys()) if (old <= minute - KEPT) minutes.delete(old)
      tally = newTally(queue, minute)
      minutes.set(minute, tally)
    }
    return tally
  }
}

function isWithin(time: number, minute: number): boolean {
  return time >= minute && time < minute + MINUTE
}

function newTally(queue: string, minute: number): Counting {
  return {
    queue,
    minute,
    submitted: 0,
    completed: 0,
    failed: 0,
    cancelled: 0,
    retried: 0,
    leasesExpired: 0,
    waits: [],
    runs: [],
  }
}
