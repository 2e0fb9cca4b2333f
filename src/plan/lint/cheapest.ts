import type { State } from '../world/outline.ts'
import type { Move } from './moves.ts'

type Reached = readonly [state: State, cost: number]

/** The moves that plans take, by the state in which they begin. */
export function movesBySource(moves: readonly Move[]): ReadonlyMap<State, readonly Move[]> {
  return Map.groupBy(
    moves.filter(({ cost }) => cost !== undefined),
    ({ from }) => from,
  )
}

/** Costs from one state to all that cost at most so much, itself included. */
export function cheapestFrom(
  start: State,
  moves: ReadonlyMap<State, readonly Move[]>,
  most: number,
): ReadonlyMap<State, number> {
  const costs = new Map<State, number>([[start, 0]])
  /** INVARIANT: the cheapest is last. */
  const open: Reached[] = [[start, 0]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [state, cost] = next
    if (cost > (costs.get(state) ?? cost)) continue
    for (const move of moves.get(state) ?? []) {
      const total = cost + (move.cost ?? 0)
      if (total > most || total >= (costs.get(move.to) ?? Number.POSITIVE_INFINITY)) continue
      costs.set(move.to, total)
      insert(open, [move.to, total])
    }
  }
  return costs
}

function insert(open: Reached[], reached: Reached): void {
  let [low, high] = [0, open.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((open[middle]?.[1] ?? 0) > reached[1]) low = middle + 1
    else high = middle
  }
  open.splice(low, 0, reached)
}
