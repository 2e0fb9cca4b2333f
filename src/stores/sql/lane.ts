import { effectivePriority } from '../../core/priority.ts'
import type { ClaimRequest } from '../../ports/store-messages.ts'
import type { Head } from '../selection.ts'
import type { SqlRow } from './session.ts'

/** Where a pending record stands. */
export interface Place {
  readonly sequence: number
  readonly lane: string
  readonly plan: string
  /** The full name. */
  readonly task: string
  readonly group: string | undefined
  readonly priority: number
  readonly rank: number
  readonly readySince: number
  readonly lost: number
}

/** What is read of a place. */
export const PLACE = 'sequence, lane, plan, task, grp, priority, place, updated_at, lost'

export function toPlace(row: SqlRow): Place {
  const plan = String(row['plan'])
  const group = String(row['grp'])
  return {
    sequence: Number(row['sequence']),
    lane: String(row['lane']),
    plan,
    task: `${plan}/${String(row['task'])}`,
    // A long name goes by its hash: it only has to be the same each time.
    group: group === '' ? undefined : group.replace(/^=/, ''),
    priority: Number(row['priority']),
    rank: Number(row['place']),
    readySince: Number(row['updated_at']),
    lost: Number(row['lost']),
  }
}

/** The places of one task and group (with ageing, and priority) in their order, itself its head. */
export class Lane implements Head {
  readonly lane: string
  readonly task: string
  readonly group: string | undefined
  /** Only where lanes are of one priority. */
  readonly level: number | undefined
  turn: number
  priority = 0
  rank = 0
  sequence = 0
  lost = 0
  readonly #request: ClaimRequest
  readonly #firstTurn: number
  #places: readonly Place[] = []
  #count = 0
  #next = 0

  constructor(first: Place, turn: number, request: ClaimRequest) {
    this.lane = first.lane
    this.task = first.task
    this.group = first.group
    this.level = request.ageing === undefined ? undefined : first.priority
    this.turn = turn
    this.#firstTurn = turn
    this.#request = request
  }

  /** How many places were asked for. */
  get count(): number {
    return this.#count
  }

  /** Whether there may be places that were not read. */
  get mayHaveMore(): boolean {
    return this.#places.length >= this.#count
  }

  /** Whether one of the places has lost so many deliveries. */
  hasLost(lost: number): boolean {
    return this.#places.some((place) => place.lost >= lost)
  }

  /** Takes in its first places; `count` were asked for. */
  read(places: readonly Place[], count: number): void {
    this.#places = places
    this.#count = count
  }

  /** Goes back to its first place. */
  rewind(): void {
    this.turn = this.#firstTurn
    this.#next = 0
    this.advance()
  }

  /** Goes on to the next place that was read; false when there is none. */
  advance(): boolean {
    const place = this.#places[this.#next]
    if (place === undefined) return false
    this.#next += 1
    const { ageing, now } = this.#request
    this.priority =
      ageing === undefined
        ? place.priority
        : effectivePriority(place.priority, place.readySince, now, ageing)
    this.rank = place.rank
    this.sequence = place.sequence
    this.lost = place.lost
    return true
  }
}
