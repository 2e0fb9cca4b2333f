import type { AnyMachineSnapshot } from 'xstate'
import type { EdgeMeta } from '../plan/model.ts'
import type { Clock } from '../ports/clock.ts'
import type { Configuration } from './configuration.ts'

/** An event that a task declares but that does not move the world in one configuration. */
export interface Refusal {
  readonly vertex: number
  readonly event: string
  /** The names of the guards on it. */
  readonly guard: string | undefined
  readonly reason: string
}

/**
 * A world as arrays. A vertex is a concrete snapshot (state value and context); vertices count up
 * in the order of discovery from the initial one, events tried by name, so the order in which
 * states and events are declared leaves no mark. The edges of vertex v have the indices
 * `offsets[v]` up to `offsets[v + 1]` in every array that is kept by edge.
 */
export interface WorldGraph {
  readonly size: number
  /** By vertex. */
  readonly configurations: readonly Pick<Configuration, 'label' | 'active'>[]
  readonly offsets: Int32Array
  /** By edge. */
  readonly sources: Int32Array
  readonly targets: Int32Array
  /** As declared. */
  readonly costs: Float64Array
  readonly events: readonly string[]
  /** Undefined for an edge that there is not. */
  metaOf(edge: number): EdgeMeta | undefined
  /** The vertices in which a state is active, by its path, ascending. */
  readonly byState: ReadonlyMap<string, readonly number[]>
  vertexOf(snapshot: AnyMachineSnapshot): number | undefined
  /** 1 for a vertex whose edges are unknown because a limit had been reached. */
  readonly open: Uint8Array
  /** The limit that left something out. */
  readonly truncated: Limit | undefined
  readonly refusals: readonly Refusal[]
  /** Why the machine could not be walked at all. */
  readonly fault: string | undefined
}

export type Limit = 'vertices' | 'time'

export interface Limits {
  /** How many vertices are expanded at most. */
  readonly vertices: number
  /** Milliseconds that one walk may take; without a clock there is no such limit. */
  readonly time: number
  readonly clock: Clock | undefined
}

/** `from --EVENT--> to`. Edges that differ in nothing but context share it. */
export function edgeKey(graph: WorldGraph, edge: number): string {
  const from = labelOf(graph, graph.sources[edge])
  const to = labelOf(graph, graph.targets[edge])
  return `${from} --${graph.events[edge]}--> ${to}`
}

export function labelOf(graph: WorldGraph, vertex: number | undefined): string {
  return graph.configurations[vertex ?? -1]?.label ?? ''
}
