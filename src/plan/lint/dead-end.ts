import { quote } from '../diagnostic.ts'
import { ancestry, type State } from '../world/outline.ts'
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
      // Where a world or a region has no other place, there is nothing to come back to.
      const isOnly = leaves.every((each) => each === state || regionOf(each) !== regionOf(state))
      if (isLeft || state.type === 'final' || isOnly) return []
      const message = `no edge leads out of ${quote(state.path)}`
      const expected = 'an edge, or type: final if the world stays there for good'
      return [{ path: state.at, at: 'key', message, expected }]
    })
  },
}

/** The region of a parallel state in which the state is, or else the whole world. */
function regionOf(state: State): State | undefined {
  return ancestry(state).find(({ parent }) => parent === undefined || parent.type === 'parallel')
}
