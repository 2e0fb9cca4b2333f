import { quote } from '../diagnostic.ts'
import type { Outline } from '../world/outline.ts'
import { cheapestFrom, movesBySource } from './cheapest.ts'
import { type Move, movesOf } from './moves.ts'
import type { Rule } from './rule.ts'

/** Worlds beyond this are not searched: the work grows with the square. */
const MOST_MOVES = 2000

export const costlyEdge: Rule = {
  name: 'costly-edge',
  about: 'an edge that costs more than the way around it, so that it is taken only when that fails',
  check({ outline, edges }) {
    if (outline === undefined || hasRegions(outline)) return []
    const moves = movesOf(outline, edges).filter(
      ({ cost, guarded }) => cost !== undefined && !guarded,
    )
    if (moves.length > MOST_MOVES) return []
    const around = waysAround(moves)
    return [...Map.groupBy(moves, ({ edge }) => edge)].flatMap(([edge, own]) => {
      const [move] = own
      // An edge of many sources is worth its cost as long as it is the best way from one of them.
      if (move === undefined || own.some((each) => !around.has(each))) return []
      return [{ path: [...edge.at, 'meta'], at: 'key', message: describe(move, around.get(move)) }]
    })
  },
}

function describe({ from, to, cost }: Move, around: number | undefined): string {
  return `from ${quote(from.path)} to ${quote(to.path)} it costs ${cost}, and the way around costs ${around}: it is taken only when that fails`
}

/** What the cheaper way costs, of the moves that have one. It does not lead over the move itself. */
function waysAround(moves: readonly Move[]): ReadonlyMap<Move, number> {
  const bySource = movesBySource(moves)
  const around = new Map<Move, number>()
  for (const [source, own] of bySource) {
    const dearest = own.reduce((most, { cost = 0 }) => Math.max(most, cost), 0)
    const costs = cheapestFrom(source, bySource, dearest)
    for (const move of own) {
      const cost = costs.get(move.to)
      if (cost !== undefined && cost < (move.cost ?? 0)) around.set(move, cost)
    }
  }
  return around
}

/** In several regions at once a state is no point that a way could lead through. */
function hasRegions({ root, states }: Outline): boolean {
  return [root, ...states].some(({ type }) => type === 'parallel')
}
