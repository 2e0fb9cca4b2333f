import type { World, WorldState } from '../plan/model.ts'
import { splitLabel } from './configuration.ts'
import type { AskOptions, Evidence } from './evidence.ts'
import { askAll } from './evidence.ts'

export interface Verification {
  readonly holds: boolean
  /** What the checks said, each asked once; a check that failed stands here with its error. */
  readonly evidence: readonly Evidence[]
}

/**
 * Asks the world whether any target holds. A target is the path of a state, or several joined as
 * in `a.x & b.y`, which hold together; of those, states that no check can see are taken on trust as
 * long as one can be asked. A state holds when its check says so; without one, when a check of its
 * descendants does. A target that no check can see does not hold.
 */
export async function verify(
  world: World,
  targets: readonly string[],
  options: AskOptions,
): Promise<Verification> {
  const conjunctions = targets.map((target) =>
    splitLabel(target)
      .map((path) => checkedStates(world, path))
      .filter((states) => states.length > 0),
  )
  const evidence = await askAll([...new Set(conjunctions.flat(2))], options)
  const held = new Set(evidence.filter(({ answer }) => answer === true).map(({ state }) => state))
  const holds = conjunctions.some(
    (states) => states.length > 0 && states.every((any) => any.some(({ path }) => held.has(path))),
  )
  return { holds, evidence }
}

/** The outermost states at or below the path that have a check. */
function checkedStates(world: World, path: string): WorldState[] {
  const state = world.states.get(path)
  if (state === undefined) return []
  if (state.check !== undefined) return [state]
  return [...world.states.keys()]
    .filter((other) => other.startsWith(`${path}.`) && !other.slice(path.length + 1).includes('.'))
    .flatMap((child) => checkedStates(world, child))
}
