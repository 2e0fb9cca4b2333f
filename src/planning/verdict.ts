import { edgeKey, labelOf, type WorldGraph } from './graph.ts'

/** One edge of a path, with what its declaration says about taking it. */
export interface PathStep {
  /** `from --EVENT--> to`: names the edge in `banned`. */
  readonly key: string
  readonly event: string
  readonly task: string
  /** Innermost active states: `up.serving`, or `a.x & b.y` where several are active at once. */
  readonly from: string
  readonly to: string
  /** By what was learned, if anything was; otherwise as declared. */
  readonly cost: number
  readonly declared: number
  /** Input of the transition task. */
  readonly with: unknown
  /** Milliseconds for the transition task; undefined: the task's own. */
  readonly timeout: number | undefined
  readonly verify: { readonly tries: number; readonly delay: number }
}

/** An edge that was in reach but not open. */
interface RefusedEdge {
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

interface Asked {
  readonly from: readonly string[]
  readonly targets: readonly string[]
  readonly banned?: ReadonlySet<string> | undefined
}

export function toStep(graph: WorldGraph, edge: number, cost: number | undefined): PathStep {
  const meta = graph.metaOf(edge)
  const event = graph.events[edge]
  if (meta === undefined || event === undefined) throw new RangeError(`no edge ${edge}`)
  return {
    key: edgeKey(graph, edge),
    event,
    task: meta.task,
    from: labelOf(graph, graph.sources[edge]),
    to: labelOf(graph, graph.targets[edge]),
    cost: cost ?? meta.cost,
    declared: meta.cost,
    with: meta.with,
    timeout: meta.timeout,
    verify: meta.verify,
  }
}

export function noPath(graph: WorldGraph, reached: Uint8Array, asked: Asked): Verdict {
  const refused = refusedAmong(graph, reached)
  return unreachable(unreachableMessage(asked, refused), refused)
}

export function unreachable(message: string, refused: readonly RefusedEdge[] = []): Verdict {
  return { outcome: 'unreachable', refused, message }
}

export function overBudget(graph: WorldGraph): Verdict {
  const explored = graph.open.reduce((count, open) => count + 1 - open, 0)
  const found = `no path was found among the first ${explored} configurations of the machine`
  const message =
    graph.truncated === 'time'
      ? `${found}; it has more, and the time for exploring them is over: make its guards cheaper or its context smaller, or plan with a larger timeBudget`
      : `${found}; it has more, probably because its context never repeats: keep what only counts up out of the context, or plan with a larger vertexBudget`
  return { outcome: 'budget', message }
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

const NAMED_REFUSALS = 5

function unreachableMessage(
  { from, targets, banned }: Asked,
  refused: readonly RefusedEdge[],
): string {
  const reasons = refused.slice(0, NAMED_REFUSALS).map(({ from, event, guard, reason }) => {
    const by = guard === undefined ? '' : ` (guard ${guard})`
    return `${event} in ${from} is refused${by}: ${reason}`
  })
  if (refused.length > NAMED_REFUSALS) reasons.push(`and ${refused.length - NAMED_REFUSALS} more`)
  if (banned !== undefined && banned.size > 0) reasons.push(`banned: ${[...banned].join(', ')}`)
  const path = `no path leads from ${from.join(' & ')} to ${targets.join(' or ')}`
  return reasons.length === 0 ? path : `${path}; ${reasons.join('; ')}`
}
