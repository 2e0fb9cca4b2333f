import type { WorldGraph } from './graph.ts'
import { createVertexHeap } from './vertex-heap.ts'

/**
 * The cost of the cheapest path from each state to the nearest target, by the state's path; states
 * that no path leads from are missing. Dijkstra's search against the direction of the edges. Where a
 * state has several configurations, its nearest one counts.
 */
export function distancesTo(
  graph: WorldGraph,
  costs: Float64Array,
  targets: readonly string[],
): ReadonlyMap<string, number> {
  const distances = byVertex(graph, costs, targets)
  const byState = new Map<string, number>()
  for (const [path, vertices] of graph.byState) {
    const nearest = vertices.reduce(
      (least, vertex) => Math.min(least, distances[vertex] as number),
      Number.POSITIVE_INFINITY,
    )
    if (nearest !== Number.POSITIVE_INFINITY) byState.set(path, nearest)
  }
  return byState
}

/** Vertices and edges come from the graph: that is what the casts of array reads rest on. */
function byVertex(graph: WorldGraph, costs: Float64Array, targets: readonly string[]) {
  const { offsets, edges } = reversed(graph)
  const distances = new Float64Array(graph.size).fill(Number.POSITIVE_INFINITY)
  const at = (vertex: number) => distances[vertex] as number
  const heap = createVertexHeap(graph.size, (a, b) => at(a) < at(b))
  for (const vertex of targets.flatMap((path) => graph.byState.get(path) ?? [])) {
    distances[vertex] = 0
    heap.raise(vertex)
  }
  for (let vertex = heap.pop(); vertex !== undefined; vertex = heap.pop()) {
    const end = offsets[vertex + 1] as number
    for (let place = offsets[vertex] as number; place < end; place++) {
      const edge = edges[place] as number
      const source = graph.sources[edge] as number
      const distance = at(vertex) + (costs[edge] as number)
      if (distance >= at(source)) continue
      distances[source] = distance
      heap.raise(source)
    }
  }
  return distances
}

interface Incoming {
  /** The edges into vertex v stand in `edges` from `offsets[v]` up to `offsets[v + 1]`. */
  readonly offsets: Int32Array
  readonly edges: Int32Array
}

const reversals = new WeakMap<WorldGraph, Incoming>()

function reversed(graph: WorldGraph): Incoming {
  const known = reversals.get(graph)
  if (known !== undefined) return known
  const offsets = new Int32Array(graph.size + 1)
  for (const target of graph.targets) offsets[target + 1] = (offsets[target + 1] as number) + 1
  for (let vertex = 0; vertex < graph.size; vertex++) {
    offsets[vertex + 1] = (offsets[vertex + 1] as number) + (offsets[vertex] as number)
  }
  const next = offsets.slice()
  const edges = new Int32Array(graph.targets.length)
  for (const [edge, target] of graph.targets.entries()) {
    const place = next[target] as number
    edges[place] = edge
    next[target] = place + 1
  }
  const incoming = { offsets, edges }
  reversals.set(graph, incoming)
  return incoming
}
