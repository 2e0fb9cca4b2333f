import type { AnyMachineSnapshot, AnyStateMachine, AnyStateNode, StateValue } from 'xstate'

type Path = readonly string[]

/**
 * The snapshot with the given states active. What they leave open (other regions, inner states,
 * context, history) stays as it is; a state entered without saying where begins where it begins.
 * Nothing is executed: no entry, no exit, no eventless transition.
 */
export function placeIn(
  machine: AnyStateMachine,
  snapshot: AnyMachineSnapshot,
  states: readonly string[],
): AnyMachineSnapshot {
  const paths = states.map((state) => state.split('.'))
  const { context, historyValue } = snapshot
  const value = valueBelow(machine.root, snapshot.value, paths)
  return machine.resolveState({ value, context, historyValue })
}

function valueBelow(node: AnyStateNode, current: StateValue, paths: readonly Path[]): StateValue {
  const below = typeof current === 'string' ? { [current]: {} } : current
  const place = (key: string): [string, StateValue] => {
    const child = node.states[key] as AnyStateNode
    const inside = paths.filter(([first]) => first === key).map((path) => path.slice(1))
    return [key, valueBelow(child, below[key] ?? {}, inside)]
  }
  if (node.type === 'parallel') {
    const regions = Object.values<AnyStateNode>(node.states).filter(
      ({ type }) => type !== 'history',
    )
    return Object.fromEntries(regions.map(({ key }) => place(key)))
  }
  const key = paths.find((path) => path.length > 0)?.[0] ?? Object.keys(below)[0]
  return key === undefined ? {} : Object.fromEntries([place(key)])
}

/** The innermost active states below the root by dotted path, in document order. */
export function innermostStates({ _nodes: nodes }: AnyMachineSnapshot): readonly string[] {
  const parents = new Set(nodes.map(({ parent }) => parent))
  return nodes
    .filter((node) => node.parent !== undefined && !parents.has(node))
    .sort((a, b) => a.order - b.order)
    .map(pathOf)
}

export function pathOf(node: AnyStateNode): string {
  return node.path.join('.')
}
