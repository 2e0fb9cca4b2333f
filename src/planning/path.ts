import type { WorldGraph } from './graph.ts'
import { edgeKey } from './graph.ts'
import { createVertexHeap } from './vertex-heap.ts'

export interface Search {
  readonly graph: WorldGraph
  /** By edge, each finite and ≥ 0. */
  readonly costs: Float64Array
  readonly start: number
  readonly isTarget: (vertex: number) => boolean
  readonly isBanned: (edge: number) => boolean
}

export type SearchResult =
  /** The edges of the cheapest path, in order. */
  | { readonly outcome: 'found'; readonly edges: readonly number[]; readonly cost: number }
  /** No path; 1 in `reached` for every vertex that there is a path to. */
  | { readonly outcome: 'none'; readonly reached: Uint8Array }
  /** A cheaper path may lead through vertices that the budget left unexplored. */
  | { readonly outcome: 'open' }

/**
 * Dijkstra's search. Ties of cost break by fewer steps, then by the name of the last edge, then of
 * the one before it, and so on; so the answer depends on nothing but the graph. O(m log n).
 */
export function cheapestPath(search: Search): SearchResult {
  const { graph, costs, start, isTarget } = search
  const tree = new Tree(graph, costs, start)
  const settled = new Uint8Array(graph.size)
  const heap = createVertexHeap(graph.size, (a, b) => tree.isNearer(a, b))
  heap.raise(start)

  for (let vertex = heap.pop(); vertex !== undefined; vertex = heap.pop()) {
    if (isTarget(vertex)) {
      const target = firstByName(vertex)
      return { outcome: 'found', edges: tree.edgesTo(target), cost: tree.costOf(target) }
    }
    if (graph.open[vertex] === 1) return { outcome: 'open' }
    settled[vertex] = 1
    relax(vertex)
  }
  return { outcome: 'none', reached: settled }

  function relax(vertex: number): void {
    const end = graph.offsets[vertex + 1] as number
    for (let edge = graph.offsets[vertex] as number; edge < end; edge++) {
      const target = graph.targets[edge] as number
      if (settled[target] === 1 || search.isBanned(edge)) continue
      if (tree.improve(edge)) heap.raise(target)
    }
  }

  /** The nearest target was popped; those still to come that are no farther differ by name. */
  function firstByName(nearest: number): number {
    let first = nearest
    for (let vertex = heap.pop(); vertex !== undefined; vertex = heap.pop()) {
      if (tree.isNearer(nearest, vertex)) break
      if (isTarget(vertex) && tree.isNamedBefore(vertex, first)) first = vertex
    }
    return first
  }
}

/**
 * The best known way from the start to each vertex, by the last edge of it. Vertices and edges come
 * from the graph, so they are within its arrays: that is what the casts of array reads rest on.
 */
class Tree {
  readonly #graph: WorldGraph
  readonly #start: number
  readonly #edgeCosts: Float64Array
  readonly #costs: Float64Array
  readonly #steps: Int32Array
  readonly #lastEdges: Int32Array

  constructor(graph: WorldGraph, edgeCosts: Float64Array, start: number) {
    this.#graph = graph
    this.#edgeCosts = edgeCosts
    this.#start = start
    this.#costs = new Float64Array(graph.size).fill(Number.POSITIVE_INFINITY)
    this.#steps = new Int32Array(graph.size)
    this.#lastEdges = new Int32Array(graph.size).fill(-1)
    this.#costs[start] = 0
  }

  costOf(vertex: number): number {
    return this.#costs[vertex] as number
  }

  isNearer(a: number, b: number): boolean {
    const [costA, costB] = [this.costOf(a), this.costOf(b)]
    return costA < costB || (costA === costB && this.#stepsTo(a) < this.#stepsTo(b))
  }

  isNamedBefore(a: number, b: number): boolean {
    return edgeKey(this.#graph, this.#lastEdge(a)) < edgeKey(this.#graph, this.#lastEdge(b))
  }

  /** Takes the edge if it makes the way to its target better. */
  improve(edge: number): boolean {
    const source = this.#graph.sources[edge] as number
    const target = this.#graph.targets[edge] as number
    const cost = this.costOf(source) + (this.#edgeCosts[edge] as number)
    const steps = this.#stepsTo(source) + 1
    if (!this.#isBetter(edge, target, cost, steps)) return false
    this.#costs[target] = cost
    this.#steps[target] = steps
    this.#lastEdges[target] = edge
    return true
  }

  edgesTo(vertex: number): number[] {
    const edges: number[] = []
    let at = vertex
    while (at !== this.#start) {
      const edge = this.#lastEdge(at)
      edges.push(edge)
      at = this.#graph.sources[edge] as number
    }
    return edges.reverse()
  }

  #isBetter(edge: number, target: number, cost: number, steps: number): boolean {
    if (cost !== this.costOf(target)) return cost < this.costOf(target)
    if (steps !== this.#stepsTo(target)) return steps < this.#stepsTo(target)
    return edgeKey(this.#graph, edge) < edgeKey(this.#graph, this.#lastEdge(target))
  }

  #stepsTo(vertex: number): number {
    return this.#steps[vertex] as number
  }

  #lastEdge(vertex: number): number {
    return this.#lastEdges[vertex] as number
  }
}
