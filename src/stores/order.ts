import { createHash } from 'node:crypto'
import { InputError, StoreError } from '../core/errors.ts'

/** Where a pending tasklet stands. */
export interface Place {
  readonly id: string
  readonly priority: number
  /** Its place among equals: the sequence, unless somebody moved it. Need not be whole. */
  readonly rank: number
}

/** Not the middle between two ranks: that could be the rank of one that is running just now. */
const ASIDE = (3 - Math.sqrt(5)) / 2

/** The version of a waiting order: the same ids in the same order have the same version. */
export function orderVersion(ids: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(ids)).digest('base64url')
}

/**
 * The places after a reordering, of those that changed; `current` are all, first to run first.
 * @throws {StoreError} `store_conflict` when the version is not the present one.
 * @throws {InputError} when `ids` is not a permutation.
 */
export function reordered(
  current: readonly Place[],
  ids: readonly string[],
  version: string,
): Place[] {
  if (orderVersion(current.map(({ id }) => id)) !== version) {
    throw new StoreError(
      'conflict',
      'the queue has changed since its order was read: read it again',
    )
  }
  const known = new Set(current.map(({ id }) => id))
  const isPermutation = ids.length === known.size && new Set(ids).size === ids.length
  if (!isPermutation || !ids.every((id) => known.has(id))) {
    throw new InputError('the order has to name every pending tasklet of the queue exactly once')
  }
  return current.flatMap((place, index) => {
    const id = ids[index]
    return id === undefined || id === place.id ? [] : [{ ...place, id }]
  })
}

/**
 * The places that change when the tasklet at one index goes to where another stands; `current` are
 * all, first to run first. Nearly always it is one: the moved tasklet gets a rank between those of
 * its new neighbours. Only when no number is left between them, all of that priority get new ranks.
 */
export function moved(current: readonly Place[], id: string, position: number): Place[] {
  if (!Number.isInteger(position) || position < 0) {
    throw new InputError(`"${position}" is not a position: use an integer of at least 0`)
  }
  const from = current.findIndex((place) => place.id === id)
  const to = Math.min(position, current.length - 1)
  const target = current[to]
  if (from === -1) throw notPending(id)
  if (from === to || target === undefined) return []
  const neighbour = current[to < from ? to - 1 : to + 1]
  const isEqual = neighbour?.priority === target.priority
  const outward = target.rank + (to < from ? -ASIDE : ASIDE)
  const rank = isEqual ? target.rank + (neighbour.rank - target.rank) * ASIDE : outward
  const place = { id, priority: target.priority, rank }
  if (rank !== target.rank && (!isEqual || rank !== neighbour.rank)) return [place]
  return spread(current.toSpliced(from, 1).toSpliced(to, 0, place), target.priority)
}

/** New ranks for all of a priority, evenly up to the highest they have. */
function spread(places: readonly Place[], priority: number): Place[] {
  const equals = places.filter((place) => place.priority === priority)
  const lowest = (equals[0]?.rank ?? 0) - 1
  const step = ((equals.at(-1)?.rank ?? 0) - lowest) / equals.length
  return equals.map((place, index) => ({ ...place, rank: lowest + step * (index + 1) }))
}

export function notPending(id: string): StoreError {
  return new StoreError('conflict', `tasklet ${id} is not pending: only a pending one has a place`)
}
