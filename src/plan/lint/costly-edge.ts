import { quote } from '../diagnostic.ts'
import type { Outline } from '../world/outline.ts'
import { cheapestFrom } from './cheapest.ts'
import { type Move, movesOf } from './moves.ts'
import type { Rule } from './rule.ts'

/** Worlds beyond this are not searched: the cost grows with states times edges. */
const MOST_MOVES = 2000

export const costlyEdge: Rule = {
  name: 'costly-edge',
  about: 'an edge that costs more than the way around it, so that it is never taken',
  check({ outline, edges }) {
    if (outline === undefined || hasRegions(outline)) return []
    const moves = movesOf(outline, edges).filter(
      ({ cost, guarded }) => cost !== undefined && !guarded,
    )
    if (moves.length > MOST_MOVES) return []
    const told = new Set<unknown>()
    return moves.flatMap((move) => {
      const around = cheapestAround(move, moves)
      if (around >= (move.cost ?? 0) || told.has(move.edge)) return []
      // An edge of many sources is worth its cost as long as it is the best way from one of them.
      const others = moves.filter(({ edge }) => edge === move.edge)
      if (!others.every((other) => cheapestAround(other, moves) < (other.cost ?? 0))) return []
      told.add(move.edge)
      const message = `from ${quote(move.from.path)} to ${quote(move.to.path)} it costs ${move.cost}, and the way around costs ${around}: it is never taken`
      return [{ path: [...move.edge.at, 'meta'], at: 'key', message }]
    })
  },
}

function cheapestAround(move: Move, moves: readonly Move[]): number {
  const rest = moves.filter(({ edge }) => edge !== move.edge)
  return cheapestFrom(move.from, rest).get(move.to) ?? Number.POSITIVE_INFINITY
}

/** In several regions at once a state is no point that a way could lead through. */
function hasRegions({ root, states }: Outline): boolean {
  return [root, ...states].some(({ type }) => type === 'parallel')
}
