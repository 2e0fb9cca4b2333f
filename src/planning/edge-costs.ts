import { BoundedMap } from './bounded-map.ts'
import type { WorldGraph } from './graph.ts'
import { edgeKey } from './graph.ts'

/** What edges cost by what was seen of them. */
export interface EdgeCosts {
  /** Differs whenever any cost does. */
  readonly version: string
  /** The cost of the edge with the key `from --EVENT--> to`: finite and ≥ 0. */
  cost(key: string, declared: number): number
}

const KEPT_VERSIONS = 4

const learned = new WeakMap<WorldGraph, BoundedMap<string, Float64Array>>()

/** The costs of all edges of a graph, computed once a version. */
export function costsOf(graph: WorldGraph, costs: EdgeCosts | undefined): Float64Array {
  if (costs === undefined) return graph.costs
  const versions = learned.get(graph) ?? new BoundedMap(KEPT_VERSIONS)
  learned.set(graph, versions)
  return versions.getOrMake(costs.version, () =>
    graph.costs.map((declared, edge) => costs.cost(edgeKey(graph, edge), declared)),
  )
}

/** The declared cost of every edge, by key; of edges that share a key, the lowest. */
export function declaredCosts(graph: WorldGraph): ReadonlyMap<string, number> {
  const declared = new Map<string, number>()
  for (const [edge, cost] of graph.costs.entries()) {
    const key = edgeKey(graph, edge)
    declared.set(key, Math.min(cost, declared.get(key) ?? cost))
  }
  return declared
}
