import { ownValue } from '../data.ts'
import { quote } from '../diagnostic.ts'
import { initialStates } from '../world/outline.ts'
import { leavesOf, movesOf } from './moves.ts'
import type { Rule } from './rule.ts'

/**
 * A world may fall into a state by itself, and a check then sees it. What nobody can see, or what
 * leads nowhere either, is more likely the target that an edge should have had.
 */
export const unreachableState: Rule = {
  name: 'unreachable-state',
  about: 'a state that no edge leads to and that the world could not be found in or left from',
  check({ outline, edges }) {
    if (outline === undefined) return []
    const moves = movesOf(outline, edges)
    const start = new Set(initialStates(outline.root))
    return leavesOf(outline).flatMap((state) => {
      const isEntered = moves.some(({ from, to }) => to === state && from !== state)
      const isLeft = moves.some(({ from, to }) => from === state && to !== state)
      const isSeen = ownValue(ownValue(state.config, 'meta'), 'check') !== undefined
      if (start.has(state) || isEntered || (isSeen && isLeft) || state.key === 'unknown') return []
      const message = `no edge leads to ${quote(state.path)}`
      return [{ path: state.at, at: 'key', message }]
    })
  },
}
