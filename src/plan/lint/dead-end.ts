import { quote } from '../diagnostic.ts'
import { leavesOf, movesOf } from './moves.ts'
import type { Rule } from './rule.ts'

export const deadEnd: Rule = {
  name: 'dead-end',
  about: 'a state that the world cannot be brought out of again, and that is not final',
  check({ outline, edges }) {
    if (outline === undefined) return []
    const leaves = leavesOf(outline)
    const moves = movesOf(outline, edges)
    return leaves.flatMap((state) => {
      const isLeft = moves.some(({ from, to }) => from === state && to !== state)
      if (isLeft || state.type === 'final' || leaves.length === 1) return []
      const message = `no edge leads out of ${quote(state.path)}`
      const expected = 'an edge, or type: final if the world stays there for good'
      return [{ path: state.at, at: 'key', message, expected }]
    })
  },
}
