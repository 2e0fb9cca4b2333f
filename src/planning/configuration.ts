import type { AnyStateMachine, AnyStateNode, StateValue } from 'xstate'
import { edgeMeta } from '../plan/world/edge-meta.ts'

/** What a state value says whatever the context is. */
export interface Configuration {
  /** The paths of the innermost active states, sorted and joined: `up.serving`, `a.x & b.y`. */
  readonly label: string
  /** The path of every active state below the root. */
  readonly active: ReadonlySet<string>
  /** The active state nodes, the root among them. */
  readonly nodes: readonly AnyStateNode[]
  /** The declared events that some active state answers with a task, sorted. */
  readonly events: readonly string[]
}

const JOINT = ' & '

/** The single states of a label such as `a.x & b.y`. */
export function splitLabel(label: string): readonly string[] {
  return label.split(JOINT)
}

/** Reads state values of one machine, each different one once. */
export function createConfigurations(
  machine: AnyStateMachine,
): (value: StateValue) => Configuration {
  const known = new Map<string, Configuration>()
  return (value) => {
    const key = canonicalJson(value)
    let configuration = known.get(key)
    if (configuration === undefined) {
      configuration = toConfiguration(machine.root, value)
      known.set(key, configuration)
    }
    return configuration
  }
}

function toConfiguration(root: AnyStateNode, value: StateValue): Configuration {
  const nodes = [root, ...activeBelow(root, value)]
  const parents = new Set(nodes.map((node) => node.parent))
  const leaves = nodes.filter((node) => !parents.has(node))
  return {
    label: leaves.map(pathOf).sort().join(JOINT),
    active: new Set(nodes.slice(1).map(pathOf)),
    nodes,
    events: [...new Set(nodes.flatMap(taskEvents))].sort(),
  }
}

function activeBelow(node: AnyStateNode, value: StateValue): AnyStateNode[] {
  const children = typeof value === 'string' ? { [value]: {} } : value
  return Object.entries(children).flatMap(([key, below]) => {
    const child: AnyStateNode | undefined = node.states[key]
    return child === undefined ? [] : [child, ...activeBelow(child, below ?? {})]
  })
}

/** The paths of all active states. */
export function activeStates(value: StateValue, prefix = ''): ReadonlySet<string> {
  const children = typeof value === 'string' ? { [value]: {} } : value
  const paths = Object.entries(children).flatMap(([key, below]) => {
    const path = `${prefix}${key}`
    return [path, ...activeStates(below ?? {}, `${path}.`)]
  })
  return new Set(paths)
}

function pathOf(node: AnyStateNode): string {
  return node.path.join('.')
}

/** Wildcards and the machine's internal events have no sender, so no path can go along them. */
function taskEvents(node: AnyStateNode): string[] {
  return [...node.transitions]
    .filter(([event]) => !event.includes('*') && !event.startsWith('xstate.'))
    .filter(([, candidates]) => candidates.some(({ meta }) => edgeMeta(meta) !== undefined))
    .map(([event]) => event)
}

/** Every state value that the machine could have, in the order of the state names. */
export function* stateValues(node: AnyStateNode): Generator<StateValue> {
  const children = Object.values<AnyStateNode>(node.states)
    .filter((child) => child.type !== 'history')
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  if (node.type === 'parallel') {
    yield* regionValues(children)
  } else if (children.length === 0) {
    yield {}
  } else {
    for (const child of children) {
      if (Object.keys(child.states).length === 0) yield child.key
      else for (const value of stateValues(child)) yield { [child.key]: value }
    }
  }
}

function* regionValues(regions: readonly AnyStateNode[]): Generator<Record<string, StateValue>> {
  const [first, ...others] = regions
  if (first === undefined) {
    yield {}
    return
  }
  for (const value of stateValues(first)) {
    for (const rest of regionValues(others)) yield { [first.key]: value, ...rest }
  }
}

/** The places of the configurations in which a state is active, by its path, ascending. */
export function indexByState(
  configurations: readonly Pick<Configuration, 'active'>[],
): Map<string, number[]> {
  const byState = new Map<string, number[]>()
  for (const [index, { active }] of configurations.entries()) {
    for (const path of active) {
      const known = byState.get(path)
      if (known === undefined) byState.set(path, [index])
      else known.push(index)
    }
  }
  return byState
}

/**
 * JSON that is equal for equal values, whatever the order of their keys. Maps, sets and big
 * integers, which plain JSON would drop or refuse, count.
 * @throws {TypeError} for circular values.
 */
export function canonicalJson(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : JSON.stringify(value, canonicalPart)
}

function canonicalPart(_key: string, part: unknown): unknown {
  if (typeof part === 'bigint') return { bigint: String(part) }
  if (part instanceof Map) return { map: [...part] }
  if (part instanceof Set) return { set: [...part] }
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
  return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
}
