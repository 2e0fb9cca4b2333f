import type { Tasklet } from '../../core/tasklet.ts'
import { Tallies } from '../tallies.ts'
import type { Counts } from './counts.ts'
import type { Outbox } from './outbox.ts'
import type { TallyRows } from './tally-rows.ts'

type Deed = 'inserted' | 'started' | 'settled' | 'rescued' | 'moved'

interface Entry {
  readonly deed: Deed
  readonly previous: Tasklet | undefined
  readonly next: Tasklet | undefined
  readonly now: number
}

/**
 * What the open transaction has done to records, so that counts, tallies and the outbox are
 * written once a commit, and so that a request that fails takes its own part out again.
 */
export class Journal {
  readonly #counts: Counts
  readonly #tallies: TallyRows
  readonly #outbox: Outbox
  #entries: Entry[] = []

  constructor(counts: Counts, tallies: TallyRows, outbox: Outbox) {
    this.#counts = counts
    this.#tallies = tallies
    this.#outbox = outbox
  }

  /** A place to go back to. */
  get length(): number {
    return this.#entries.length
  }

  note(deed: Deed, previous: Tasklet | undefined, next: Tasklet | undefined, now: number): void {
    if (previous !== undefined) this.#counts.shift(previous.queue, previous.status, -1)
    if (next !== undefined) this.#counts.shift(next.queue, next.status, 1)
    this.#entries.push({ deed, previous, next, now })
  }

  undo(length: number): void {
    for (const { previous, next } of this.#entries.splice(length)) {
      if (previous !== undefined) this.#counts.shift(previous.queue, previous.status, 1)
      if (next !== undefined) this.#counts.shift(next.queue, next.status, -1)
    }
  }

  flush(): void {
    if (this.#entries.length === 0) return
    const tallies = new Tallies()
    for (const entry of this.#entries) tally(tallies, entry)
    if (this.#outbox.isNoting) this.#tell()
    this.#entries = []
    this.#tallies.add(tallies.since(Number.NEGATIVE_INFINITY))
    this.#counts.flush()
  }

  forget(): void {
    this.#entries = []
    this.#counts.forgetChanges()
    this.#outbox.forget()
  }

  #tell(): void {
    for (const { previous, next, now } of this.#entries) {
      if (next !== undefined) this.#outbox.note(previous, next, now)
    }
  }
}

function tally(tallies: Tallies, { deed, previous, next, now }: Entry): void {
  if (next === undefined) return
  if (deed === 'inserted') {
    tallies.inserted(next)
    tallies.ended(next, now)
  }
  if (previous === undefined) return
  if (deed === 'rescued') tallies.leaseExpired(previous, now)
  if (deed === 'started') tallies.started(previous, now)
  else if (deed === 'settled') tallies.settled(previous, next, now)
  else if (previous.status !== next.status) tallies.ended(next, now)
}
