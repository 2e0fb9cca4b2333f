import { ownValue } from '../data.ts'
import { quote } from '../diagnostic.ts'
import { ancestry, isWithin, type State } from '../world/outline.ts'
import type { Rule } from './rule.ts'

export const indistinguishableStates: Rule = {
  name: 'indistinguishable-states',
  about:
    'states that share a check and are never active together: detection cannot tell them apart',
  check({ outline }) {
    const checked = (outline?.states ?? []).filter((state) => checkOf(state) !== undefined)
    return checked.flatMap((state, index) => {
      const twin = checked
        .slice(0, index)
        .find((other) => checkOf(other) === checkOf(state) && excludes(other, state))
      if (twin === undefined) return []
      const [one, other] = [priorityOf(twin), priorityOf(state)]
      const consequence =
        one === other
          ? 'whenever it answers true, detection is ambiguous'
          : `${quote((one < other ? twin : state).path)}, with the lower priority, is never detected`
      const message = `${quote(state.path)} and ${quote(twin.path)} have the same check: ${consequence}`
      return [{ path: [...state.at, 'meta', 'check'], message }]
    })
  },
}

function checkOf({ config }: State): unknown {
  return ownValue(ownValue(config, 'meta'), 'check')
}

function priorityOf({ config }: State): number {
  return Number(ownValue(ownValue(config, 'meta'), 'priority') ?? 0)
}

/** Whether the two are never active at once: neither is around the other, nor in another region. */
function excludes(one: State, other: State): boolean {
  if (isWithin(one, other) || isWithin(other, one)) return false
  return ancestry(one).find((each) => isWithin(other, each))?.type !== 'parallel'
}
