import { entriesOf, isRecord, ownValue } from '../data.ts'
import type { Path } from '../finding.ts'
import type { WorldState } from '../model.ts'

/** One state as it was written. Its config may still hold anything. */
export interface State {
  readonly key: string
  /** Dotted path below the root; empty for the root. */
  readonly path: string
  /** Where it stands in the plan's value. */
  readonly at: Path
  readonly config: unknown
  readonly type: WorldState['type']
  readonly parent: State | undefined
  readonly children: ReadonlyMap<string, State>
}

export interface Outline {
  /** The root's id, by which targets reach across the machine. */
  readonly id: string
  readonly root: State
  /** Every state below the root, in document order. */
  readonly states: readonly State[]
  /** States with an id that a target can name; the root's own is among them. */
  readonly ids: ReadonlyMap<string, State>
}

export const MACHINE_PATH: Path = ['machine']

/** The states of a machine that need not be valid. `id` is the root's where it declares none. */
export function outlineWorld(machine: unknown, id: string): Outline {
  const states: State[] = []
  const root = outlineState('', machine, undefined, MACHINE_PATH, states)
  const rootId = textAt(machine, 'id') ?? id
  const ids = new Map<string, State>([[rootId, root]])
  for (const state of states) {
    const own = textAt(state.config, 'id')
    if (own !== undefined && !ids.has(own)) ids.set(own, state)
  }
  return { id: rootId, root, states, ids }
}

function outlineState(
  key: string,
  config: unknown,
  parent: State | undefined,
  at: Path,
  all: State[],
): State {
  const children = new Map<string, State>()
  const path = parent?.parent ? `${parent.path}.${key}` : key
  const state: State = { key, path, at, config, type: typeOf(config), parent, children }
  if (parent !== undefined) all.push(state)
  for (const [name, child] of entriesOf(ownValue(config, 'states'))) {
    children.set(name, outlineState(name, child, state, [...at, 'states', name], all))
  }
  return state
}

function typeOf(config: unknown): WorldState['type'] {
  const type = ownValue(config, 'type')
  if (type === 'parallel' || type === 'final' || type === 'history') return type
  const states = ownValue(config, 'states')
  return isRecord(states) && Object.keys(states).length > 0 ? 'compound' : 'atomic'
}

export function textAt(config: unknown, key: string): string | undefined {
  const value = ownValue(config, key)
  return typeof value === 'string' ? value : undefined
}

export function tagsOf(state: State): readonly string[] {
  const tags = ownValue(state.config, 'tags')
  const list: readonly unknown[] = Array.isArray(tags) ? tags : [tags]
  return list.filter((tag) => typeof tag === 'string')
}

/** The state and everything around it, the root included. */
export function ancestry(state: State): readonly State[] {
  return state.parent === undefined ? [state] : [state, ...ancestry(state.parent)]
}

export function isWithin(state: State, container: State): boolean {
  let each: State | undefined = state
  while (each !== undefined && each !== container) each = each.parent
  return each === container
}

/** The state and what is entered inside it by its `initial`, through every region. */
export function initialStates(state: State): readonly State[] {
  const children = [...state.children.values()]
  const initial = textAt(state.config, 'initial')
  const entered =
    state.type === 'parallel' ? children : children.filter(({ key }) => key === initial)
  return [state, ...entered.flatMap(initialStates)]
}
