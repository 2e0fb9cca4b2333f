import { quote } from '../diagnostic.ts'
import { cheapestFrom, movesBySource } from './cheapest.ts'
import { movesOf } from './moves.ts'
import type { Rule } from './rule.ts'

export const freeCircle: Rule = {
  name: 'free-circle',
  about: 'edges of cost 0 that lead back to where they began: going in circles costs nothing',
  check({ outline, edges }) {
    if (outline === undefined) return []
    const free = movesOf(outline, edges).filter(({ cost }) => cost === 0)
    const bySource = movesBySource(free)
    const told = new Set<unknown>()
    return free.flatMap(({ edge, from, to }) => {
      if (from === to || told.has(edge) || !cheapestFrom(to, bySource, 0).has(from)) return []
      for (const move of free) told.add(move.edge)
      const message = `from ${quote(from.path)} to ${quote(to.path)} and back costs 0: give work a cost`
      return [{ path: edge.at, at: 'key', message }]
    })
  },
}
