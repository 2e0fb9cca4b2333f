import type { AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { formatDuration } from '../../core/duration.ts'
import type { World, WorldState } from '../model.ts'
import { edgeMeta } from '../world/edge-meta.ts'

/** One transition as it is drawn: an edge for planning when it names a task. */
export interface EdgeView {
  readonly from: string
  /** The event, `after 30.0 s`, or `always`. */
  readonly event: string
  readonly guard: string | undefined
  /** Undefined: it leads nowhere else. */
  readonly to: string | undefined
  readonly task: string | undefined
  readonly cost: number | undefined
}

/** One state with what is in it. The root has the path ''. */
export interface StateView {
  readonly path: string
  readonly key: string
  readonly type: WorldState['type']
  readonly isInitial: boolean
  /** Undefined for the root. */
  readonly state: WorldState | undefined
  readonly edges: readonly EdgeView[]
  readonly states: readonly StateView[]
}

/** The machine of a world as a tree, in document order. */
export function viewWorld(world: World): StateView {
  return viewState(world.machine.root, world, true)
}

/** The state and everything in it, outer states first. */
export function allStates(view: StateView): readonly StateView[] {
  return [view, ...view.states.flatMap(allStates)]
}

function viewState(node: AnyStateNode, world: World, isInitial: boolean): StateView {
  const path = pathOf(node)
  const initial = node.type === 'compound' ? node.initial?.target?.[0] : undefined
  const transitions = [...node.transitions.values()].flat().concat(node.always ?? [])
  return {
    path,
    key: node.key,
    type: node.type,
    isInitial,
    state: world.states.get(path),
    edges: transitions.map((transition) => viewEdge(path, transition, node)),
    states: Object.values(node.states).map((child) =>
      viewState(child, world, node.type === 'parallel' || child === initial),
    ),
  }
}

function viewEdge(from: string, transition: AnyTransitionDefinition, node: AnyStateNode): EdgeView {
  const { guard, target, meta } = transition
  const edge = edgeMeta(meta)
  return {
    from,
    event: eventLabel(transition, node),
    guard: guardName(guard),
    to: target?.map(pathOf).join(' & '),
    task: edge?.task,
    cost: edge?.cost,
  }
}

/** XState gives `after` an event of its own making and `always` an empty one. */
function eventLabel({ eventType }: AnyTransitionDefinition, node: AnyStateNode): string {
  if (eventType === '') return 'always'
  const delayed = node.after.find((each) => each.eventType === eventType)
  if (delayed === undefined) return eventType
  const { delay } = delayed
  return `after ${typeof delay === 'number' ? formatDuration(delay) : String(delay)}`
}

function guardName(guard: unknown): string | undefined {
  if (typeof guard === 'string') return guard
  if (typeof guard === 'object' && guard !== null && 'type' in guard) return String(guard.type)
  return typeof guard === 'function' ? guard.name || 'guard' : undefined
}

function pathOf(node: AnyStateNode): string {
  return node.path.join('.')
}
