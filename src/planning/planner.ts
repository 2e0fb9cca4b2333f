import type { World } from '../plan/model.ts'
import { splitLabel } from './configuration.ts'
import type { WorldGraph } from './graph.ts'
import { edgeKey, labelOf, worldGraph } from './graph.ts'
import { cheapestPath } from './path.ts'

export interface PathQuestion {
  /** Paths of states known to be active, all of them at once. */
  readonly from: readonly string[]
  /** Paths of states, any of which will do. */
  readonly targets: readonly string[]
  /** Keys of edges that must not be taken. */
  readonly banned?: ReadonlySet<string> | undefined
}

/** One edge of a path, with what its declaration says about taking it. */
export interface PathStep {
  /** `from --EVENT--> to`: names the edge in `banned`. */
  readonly key: string
  readonly event: string
  readonly task: string
  /** Innermost active states: `up.serving`, or `a.x & b.y` where several are active at once. */
  readonly from: string
  readonly to: string
  readonly cost: number
  /** Input of the transition task. */
  readonly with: unknown
  /** Milliseconds for the transition task; undefined: the task's own. */
  readonly timeout: number | undefined
  readonly verify: { readonly tries: number; readonly delay: number }
}

/** An edge that was in reach but not open. */
export interface RefusedEdge {
  readonly from: string
  readonly event: string
  readonly guard?: string
  readonly reason: string
}

export type Verdict =
  | { readonly outcome: 'reachable'; readonly path: readonly PathStep[]; readonly cost: number }
  | {
      readonly outcome: 'unreachable'
      readonly refused: readonly RefusedEdge[]
      readonly message: string
    }
  | { readonly outcome: 'budget'; readonly message: string }

export interface Planner {
  /** The cheapest path, without asking or changing the world. Never throws. */
  findPath(question: PathQuestion): Verdict
}

export interface PlannerOptions {
  /** How many configurations of the machine may be explored; 20 000 unless told. */
  readonly vertexBudget?: number
}

const VERTEX_BUDGET = 20_000
const KEPT_ANSWERS = 1024

/**
 * Plans paths through one world. The machine is walked at the first question; its answers are kept.
 *
 * What `from` leaves open (other regions, inner states, context) is taken as the machine has it
 * after the fewest events from its initial state. Only a target that `from` implies counts as
 * holding: what is not known is not taken to hold, and the answer is then a path to it.
 */
export function createPlanner(world: World, options: PlannerOptions = {}): Planner {
  const budget = options.vertexBudget ?? VERTEX_BUDGET
  const answers = new Map<string, Verdict>()

  return {
    findPath(question) {
      const key = questionKey(question)
      const known = answers.get(key)
      if (known !== undefined) return known
      const verdict = answer(world, worldGraph(world, budget), question)
      const oldest = answers.size < KEPT_ANSWERS ? undefined : answers.keys().next().value
      if (oldest !== undefined) answers.delete(oldest)
      answers.set(key, verdict)
      return verdict
    },
  }
}

function questionKey({ from, targets, banned }: PathQuestion): string {
  const named = `${from.join(' & ')} > ${targets.join(' | ')}`
  return banned === undefined || banned.size === 0
    ? named
    : `${named} - ${[...banned].sort().join()}`
}

function answer(world: World, graph: WorldGraph, question: PathQuestion): Verdict {
  const { targets, banned } = question
  const from = question.from.flatMap(splitLabel)
  if (graph.fault !== undefined) {
    return unreachable(`the machine of the plan cannot be walked: ${graph.fault}`)
  }
  const unknown = [...from, ...targets].find((path) => !world.states.has(path))
  if (unknown !== undefined) return unreachable(`the machine has no state "${unknown}"`)

  const isTarget = membership(graph, targets)
  const starts = verticesIn(graph, from)
  if (starts.length === 0) return withoutStart(graph, from)
  const start = starts.find((vertex) => !isTarget(vertex))
  if (start === undefined) return { outcome: 'reachable', path: [], cost: 0 }

  const isBanned = (edge: number) => banned?.has(edgeKey(graph, edge)) ?? false
  const result = cheapestPath({ graph, start, isTarget, isBanned })
  switch (result.outcome) {
    case 'found': {
      const path = result.edges.map((edge) => toStep(graph, edge))
      return { outcome: 'reachable', path, cost: result.cost }
    }
    case 'open':
      return overBudget(graph)
    case 'none': {
      const refused = refusedAmong(graph, result.reached)
      return unreachable(unreachableMessage(question, refused), refused)
    }
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
  if (graph.truncated) return overBudget(graph)
  return unreachable(
    from.length === 0
      ? 'no state of the world is known to start from'
      : `${from.join(' and ')} cannot be active at once`,
  )
}

function toStep(graph: WorldGraph, edge: number): PathStep {
  const meta = graph.metas[edge]
  const event = graph.events[edge]
  if (meta === undefined || event === undefined) throw new RangeError(`no edge ${edge}`)
  return {
    key: edgeKey(graph, edge),
    event,
    task: meta.task,
    from: labelOf(graph, graph.sources[edge]),
    to: labelOf(graph, graph.targets[edge]),
    cost: meta.cost,
    with: meta.with,
    timeout: meta.timeout,
    verify: meta.verify,
  }
}

/** The refusals met on the way, each once although contexts may repeat it. */
function refusedAmong(graph: WorldGraph, reached: Uint8Array): RefusedEdge[] {
  const refused = new Map<string, RefusedEdge>()
  for (const { vertex, event, guard, reason } of graph.refusals) {
    if (reached[vertex] !== 1) continue
    const from = labelOf(graph, vertex)
    const edge = guard === undefined ? { from, event, reason } : { from, event, guard, reason }
    refused.set([from, event, guard, reason].join('\n'), edge)
  }
  return [...refused.values()]
}

function unreachable(message: string, refused: readonly RefusedEdge[] = []): Verdict {
  return { outcome: 'unreachable', refused, message }
}

const NAMED_REFUSALS = 5

function unreachableMessage(question: PathQuestion, refused: readonly RefusedEdge[]): string {
  const { from, targets, banned } = question
  const reasons = refused.slice(0, NAMED_REFUSALS).map(({ from, event, guard, reason }) => {
    const by = guard === undefined ? '' : ` (guard ${guard})`
    return `${event} in ${from} is refused${by}: ${reason}`
  })
  if (refused.length > NAMED_REFUSALS) reasons.push(`and ${refused.length - NAMED_REFUSALS} more`)
  if (banned !== undefined && banned.size > 0) reasons.push(`banned: ${[...banned].join(', ')}`)
  const path = `no path leads from ${from.join(' & ')} to ${targets.join(' or ')}`
  return reasons.length === 0 ? path : `${path}; ${reasons.join('; ')}`
}

function overBudget(graph: WorldGraph): Verdict {
  const explored = graph.open.reduce((count, open) => count + 1 - open, 0)
  const message = `no path was found among the first ${explored} configurations of the machine; it has more, probably because its context never repeats`
  return { outcome: 'budget', message }
}
