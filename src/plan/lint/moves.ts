import { ownValue } from '../data.ts'
import { declaredCost } from '../world/edge-meta.ts'
import { type Edge, edgeTask } from '../world/edges.ts'
import { ancestry, initialStates, isWithin, type Outline, type State } from '../world/outline.ts'

/** A step from one innermost state to another along one edge. */
export interface Move {
  readonly edge: Edge
  readonly from: State
  readonly to: State
  /** Undefined: the edge has no task, so no plan takes it. */
  readonly cost: number | undefined
  readonly guarded: boolean
}

export function leavesOf({ states }: Outline): readonly State[] {
  return states.filter(({ type }) => type === 'atomic' || type === 'final')
}

/** Every move that the edges allow. Regions of a parallel state move each for itself. */
export function movesOf(outline: Outline, edges: readonly Edge[]): readonly Move[] {
  const leaves = leavesOf(outline)
  return edges.flatMap((edge) => {
    const sources = leaves.filter((leaf) => isWithin(leaf, edge.source))
    const targets = edge.targets.flatMap(({ state }) => (state ? entered(state) : []))
    return sources.flatMap((from) => targets.map((to) => toMove(edge, from, to)))
  })
}

function toMove(edge: Edge, from: State, to: State): Move {
  const cost =
    edgeTask(edge) === undefined ? undefined : declaredCost(ownValue(edge.config, 'meta'))
  return {
    edge,
    from,
    to,
    cost: typeof cost === 'number' ? cost : undefined,
    guarded: ownValue(edge.config, 'guard') !== undefined,
  }
}

/** The innermost states that a target leads into; what history remembers may be any of them. */
function entered(target: State): readonly State[] {
  const remembered = target.type === 'history' && target.parent ? descendants(target.parent) : []
  const around = ancestry(target).filter(({ type }) => type === 'parallel')
  const all = [...initialStates(target), ...around.flatMap(initialStates), ...remembered]
  return [...new Set(all)].filter(({ type }) => type === 'atomic' || type === 'final')
}

function descendants(state: State): readonly State[] {
  return [...state.children.values()].flatMap((child) => [child, ...descendants(child)])
}
