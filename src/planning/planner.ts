import type { AnyMachineSnapshot } from 'xstate'
import type { World } from '../plan/model.ts'
import type { Clock } from '../ports/clock.ts'
import { BoundedMap } from './bounded-map.ts'
import { walkFrom, worldGraph } from './compile.ts'
import { activeStates, splitLabel } from './configuration.ts'
import { distancesTo } from './distances.ts'
import { costsOf, declaredCosts, type EdgeCosts } from './edge-costs.ts'
import type { Limits, WorldGraph } from './graph.ts'
import { edgeKey } from './graph.ts'
import { cheapestPath } from './path.ts'
import { snapshotKey } from './snapshot-key.ts'
import type { Verdict } from './verdict.ts'
import { noPath, overBudget, toStep, unreachable } from './verdict.ts'

export type { PathStep, Verdict } from './verdict.ts'

export interface PathQuestion {
  /** Paths of states known to be active, all of them at once. */
  readonly from: readonly string[]
  /** Paths of states, any of which will do. */
  readonly targets: readonly string[]
  /** Keys of edges that must not be taken. */
  readonly banned?: ReadonlySet<string> | undefined
  /** What is believed of the world, context and all; left aside when it contradicts `from`. */
  readonly snapshot?: AnyMachineSnapshot | undefined
  /** What was learned; without it, edges cost what they declare. */
  readonly costs?: EdgeCosts | undefined
}

export interface Planner {
  /** The cheapest path, without asking or changing the world. Never throws. */
  findPath(question: PathQuestion): Verdict
  /**
   * The cost from each state to the nearest of the targets, by path; a state that no path leads
   * from is missing.
   */
  distances(
    targets: readonly string[],
    options?: Pick<PathQuestion, 'costs'>,
  ): ReadonlyMap<string, number>
  /** The declared cost of every edge, by key; of edges that share a key, the lowest. */
  edges(): ReadonlyMap<string, number>
}

export interface PlannerOptions {
  /** How many configurations of the machine may be explored; 20 000 unless told. */
  readonly vertexBudget?: number
  /** Milliseconds that exploring the machine may take; 2000 unless told. Needs the clock. */
  readonly timeBudget?: number
  readonly clock?: Clock | undefined
}

const VERTEX_BUDGET = 20_000
const TIME_BUDGET = 2000
const KEPT_ANSWERS = 1024
const KEPT_DISTANCES = 64
const KEPT_WALKS = 16

/**
 * Plans paths through one world. The machine is explored at the first question; its answers are
 * kept.
 *
 * A path starts where the snapshot says. What neither it nor `from` says is taken as the machine has
 * it after the fewest events from its initial state. Only a target that `from` implies counts as
 * holding: what is not known is not taken to hold, and the answer is then a path to it.
 */
export function createPlanner(world: World, options: PlannerOptions = {}): Planner {
  const { vertexBudget = VERTEX_BUDGET, timeBudget = TIME_BUDGET, clock } = options
  const limits: Limits = { vertices: vertexBudget, time: timeBudget, clock }
  const answers = new BoundedMap<string, Verdict>(KEPT_ANSWERS)
  const distances = new BoundedMap<string, ReadonlyMap<string, number>>(KEPT_DISTANCES)
  const walks = new BoundedMap<string, WorldGraph>(KEPT_WALKS)
  let edges: ReadonlyMap<string, number> | undefined
  const walk = (snapshot: AnyMachineSnapshot) =>
    walks.getOrMake(snapshotKey(snapshot), () => walkFrom(world.machine, snapshot, limits))

  return {
    findPath: (question) =>
      answers.getOrMake(questionKey(question), () =>
        answer({ world, graph: worldGraph(world, limits), walk }, question),
      ),
    distances: (targets, { costs } = {}) =>
      distances.getOrMake(questionKey({ from: [], targets, costs }), () => {
        const graph = worldGraph(world, limits)
        return distancesTo(graph, costsOf(graph, costs), targets)
      }),
    edges: () => {
      edges ??= declaredCosts(worldGraph(world, limits))
      return edges
    },
  }
}

function questionKey({ from, targets, banned, snapshot, costs }: PathQuestion): string {
  let key = `${from.join(' & ')} > ${targets.join(' | ')}`
  if (banned !== undefined && banned.size > 0) key += ` - ${[...banned].sort().join()}`
  if (costs !== undefined) key += `\n${costs.version}`
  if (snapshot !== undefined) key += `\n@ ${snapshot.status} ${snapshotKey(snapshot)}`
  return key
}

interface Known {
  readonly world: World
  readonly graph: WorldGraph
  readonly walk: (snapshot: AnyMachineSnapshot) => WorldGraph
}

function answer(known: Known, question: PathQuestion): Verdict {
  const { world, graph } = known
  const from = question.from.flatMap(splitLabel)
  if (graph.fault !== undefined) return faulty(graph.fault)
  const unknown = [...from, ...question.targets].find((path) => !world.states.has(path))
  if (unknown !== undefined) return unreachable(`the machine has no state "${unknown}"`)

  const isTarget = membership(graph, question.targets)
  const starts = verticesIn(graph, from)
  const start = starts.find((vertex) => !isTarget(vertex))
  if (starts.length > 0 && start === undefined) return { outcome: 'reachable', path: [], cost: 0 }
  const believed = believedStart(known, from, question)
  if (believed !== undefined) return search(believed.graph, believed.start, question)
  return start === undefined ? withoutStart(graph, from) : search(graph, start, question)
}

/**
 * The configuration of the snapshot, unless it contradicts `from`, or has a target hold that `from`
 * does not imply. One that the machine does not come to by itself is explored on its own.
 */
function believedStart(
  { graph, walk }: Known,
  from: readonly string[],
  { snapshot, targets }: PathQuestion,
): { readonly graph: WorldGraph; readonly start: number } | undefined {
  if (snapshot === undefined || snapshot.status === 'error' || from.length === 0) return undefined
  const active = activeStates(snapshot.value)
  const isActive = (path: string) => active.has(path)
  if (!from.every(isActive) || targets.some(isActive)) return undefined
  const start = graph.vertexOf(snapshot)
  if (start !== undefined && graph.open[start] !== 1) return { graph, start }
  return { graph: walk(snapshot), start: 0 }
}

function search(graph: WorldGraph, start: number, question: PathQuestion): Verdict {
  const { targets, banned } = question
  if (graph.fault !== undefined) return faulty(graph.fault)
  const costs = costsOf(graph, question.costs)
  const isTarget = membership(graph, targets)
  const isBanned = (edge: number) => banned?.has(edgeKey(graph, edge)) ?? false
  const result = cheapestPath({ graph, costs, start, isTarget, isBanned })
  switch (result.outcome) {
    case 'found': {
      const path = result.edges.map((edge) => toStep(graph, edge, costs[edge]))
      return { outcome: 'reachable', path, cost: result.cost }
    }
    case 'open':
      return overBudget(graph)
    case 'none':
      return noPath(graph, result.reached, question)
  }
}

function membership(graph: WorldGraph, states: readonly string[]): (vertex: number) => boolean {
  const members = new Uint8Array(graph.size)
  for (const path of states) {
    for (const vertex of graph.byState.get(path) ?? []) members[vertex] = 1
  }
  return (vertex) => members[vertex] === 1
}

/** The vertices in which all these states are active, in the order of discovery. */
function verticesIn(graph: WorldGraph, states: readonly string[]): readonly number[] {
  const [first, ...others] = states
  if (first === undefined) return []
  const vertices = graph.byState.get(first) ?? []
  return vertices.filter((vertex) =>
    others.every((path) => graph.configurations[vertex]?.active.has(path)),
  )
}

function withoutStart(graph: WorldGraph, from: readonly string[]): Verdict {
  if (graph.truncated !== undefined) return overBudget(graph)
  return unreachable(
    from.length === 0
      ? 'no state of the world is known to start from'
      : `${from.join(' and ')} cannot be active at once`,
  )
}

function faulty(fault: string): Verdict {
  return unreachable(`the machine of the plan cannot be walked: ${fault}`)
}
