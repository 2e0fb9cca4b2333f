import type { State } from '../world/outline.ts'
import type { Move } from './moves.ts'

/** Costs from one state to all that can be reached without a guard, by `moves` alone. */
export function cheapestFrom(start: State, moves: readonly Move[]): ReadonlyMap<State, number> {
  const costs = new Map<State, number>([[start, 0]])
  const done = new Set<State>()
  for (let next = nearest(costs, done); next !== undefined; next = nearest(costs, done)) {
    const [state, cost] = next
    done.add(state)
    for (const move of moves) {
      if (move.from !== state || move.cost === undefined) continue
      const total = cost + move.cost
      if (total < (costs.get(move.to) ?? Number.POSITIVE_INFINITY)) costs.set(move.to, total)
    }
  }
  return costs
}

function nearest(costs: ReadonlyMap<State, number>, done: ReadonlySet<State>) {
  let found: readonly [State, number] | undefined
  for (const entry of costs) {
    if (!done.has(entry[0]) && (found === undefined || entry[1] < found[1])) found = entry
  }
  return found
}
