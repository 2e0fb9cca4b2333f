import { adjacencyMapToArray, getAdjacencyMap } from '@xstate/graph'
import type {
  ActorLogic,
  AnyMachineSnapshot,
  AnyStateMachine,
  EventObject,
  StateValue,
} from 'xstate'
import { getInitialSnapshot } from 'xstate'
import type { EdgeMeta, World } from '../plan/model.ts'
import type { Configuration } from './configuration.ts'
import { canonicalJson, createConfigurations, stateValues } from './configuration.ts'
import { answerTo } from './edges.ts'

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
  readonly configurations: readonly Configuration[]
  readonly offsets: Int32Array
  /** By edge. */
  readonly sources: Int32Array
  readonly targets: Int32Array
  readonly costs: Float64Array
  readonly events: readonly string[]
  readonly metas: readonly EdgeMeta[]
  /** The vertices in which a state is active, by its path, ascending. */
  readonly byState: ReadonlyMap<string, readonly number[]>
  /** 1 for a vertex whose edges are unknown because the budget had run out. */
  readonly open: Uint8Array
  readonly truncated: boolean
  readonly refusals: readonly Refusal[]
  /** Why the machine could not be walked at all. */
  readonly fault: string | undefined
}

const graphs = new WeakMap<World, Map<number, WorldGraph>>()

/**
 * The graph of a world, compiled once. At most `budget` vertices are expanded; what lies beyond
 * them is left open.
 */
export function worldGraph(world: World, budget: number): WorldGraph {
  const known = graphs.get(world) ?? new Map<number, WorldGraph>()
  graphs.set(world, known)
  const graph = known.get(budget) ?? compile(world.machine, budget)
  known.set(budget, graph)
  return graph
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

/** The initial snapshot and what it leads to, then every configuration that this left out. */
function compile(machine: AnyStateMachine, budget: number): WorldGraph {
  const walk = new Walk(machine, budget)
  try {
    const initial: AnyMachineSnapshot = getInitialSnapshot(machine)
    if (initial.status === 'error') throw initial.error
    walk.explore(initial)
    for (const value of stateValues(machine.root)) {
      if (walk.isTruncated()) break
      if (walk.hasSeen(value)) continue
      walk.explore(machine.resolveState({ value, context: initial.context }))
    }
    return pack(walk, undefined)
  } catch (error) {
    return pack(new Walk(machine, budget), messageOf(error))
  }
}

interface Vertex {
  readonly index: number
  readonly configuration: Configuration
  readonly edges: { readonly event: string; readonly meta: EdgeMeta; readonly to: string }[]
  readonly open: boolean
}

type Logic = ActorLogic<AnyMachineSnapshot, EventObject, unknown>

/** Walks of the library from several starting points, joined at the vertices they share. */
class Walk {
  readonly vertices = new Map<string, Vertex>()
  readonly refusals: Refusal[] = []
  readonly #machine: AnyStateMachine
  readonly #budget: number
  readonly #configurationOf: (value: StateValue) => Configuration
  readonly #seen = new Set<Configuration>()
  readonly #keys = new WeakMap<AnyMachineSnapshot, string>()
  readonly #metas = new WeakMap<EventObject, EdgeMeta>()

  constructor(machine: AnyStateMachine, budget: number) {
    this.#machine = machine
    this.#budget = budget
    this.#configurationOf = createConfigurations(machine)
  }

  isTruncated(): boolean {
    return this.vertices.size > this.#budget
  }

  hasSeen(value: StateValue): boolean {
    return this.#seen.has(this.#configurationOf(value))
  }

  explore(fromState: AnyMachineSnapshot): void {
    const adjacency = getAdjacencyMap(this.#logic(), {
      fromState,
      serializeState: (snapshot) => this.#key(snapshot),
      stopWhen: (snapshot) => !this.#enter(snapshot),
      events: (snapshot) => this.#events(snapshot),
    })
    for (const { state, event, nextState } of adjacencyMapToArray(adjacency)) {
      const meta = this.#metas.get(event)
      const [from, to] = [this.#key(state), this.#key(nextState)]
      if (meta === undefined || to === from) continue
      this.vertices.get(from)?.edges.push({ event: event.type, meta, to })
    }
  }

  /** Makes the snapshot a vertex; false when it was one before or is not to be expanded. */
  #enter(snapshot: AnyMachineSnapshot): boolean {
    const key = this.#key(snapshot)
    if (this.vertices.has(key)) return false
    const index = this.vertices.size
    const open = index >= this.#budget
    const configuration = this.#configurationOf(snapshot.value)
    this.vertices.set(key, { index, configuration, edges: [], open })
    this.#seen.add(configuration)
    return !open
  }

  #events(snapshot: AnyMachineSnapshot): EventObject[] {
    // A machine that is done takes no events, although its transition function would answer.
    if (snapshot.status !== 'active') return []
    const configuration = this.#configurationOf(snapshot.value)
    return configuration.events.flatMap((type) => {
      const answer = answerTo(this.#machine, snapshot, configuration, type)
      if (!answer.moves) {
        this.#refuse(snapshot, type, answer.guard, answer.reason)
        return []
      }
      const event = { type }
      this.#metas.set(event, answer.meta)
      return event
    })
  }

  /** The machine, but one that throws nothing: one bad edge must not cost all the others. */
  #logic(): Logic {
    const machine = this.#machine as unknown as Logic
    return {
      getInitialSnapshot: machine.getInitialSnapshot,
      getPersistedSnapshot: machine.getPersistedSnapshot,
      transition: (snapshot, event, scope) => {
        try {
          return machine.transition(snapshot, event, scope)
        } catch (error) {
          this.#refuse(snapshot, event.type, undefined, messageOf(error))
          return snapshot
        }
      },
    }
  }

  #refuse(
    snapshot: AnyMachineSnapshot,
    event: string,
    guard: string | undefined,
    reason: string,
  ): void {
    const vertex = this.vertices.get(this.#key(snapshot))?.index ?? -1
    this.refusals.push({ vertex, event, guard, reason })
  }

  /** History decides where later events lead, so it is part of what tells two snapshots apart. */
  #key(snapshot: AnyMachineSnapshot): string {
    const known = this.#keys.get(snapshot)
    if (known !== undefined) return known
    const { value, context, historyValue } = snapshot
    const parts = [
      value,
      isEmpty(context) ? 0 : context,
      isEmpty(historyValue) ? 0 : toIds(historyValue),
    ]
    const key = parts.map(canonicalJson).join(' ')
    this.#keys.set(snapshot, key)
    return key
  }
}

function isEmpty(record: object | undefined): boolean {
  for (const _ in record) return false
  return true
}

function toIds(history: AnyMachineSnapshot['historyValue']): Record<string, string[]> {
  const ids = Object.entries(history).map(([id, nodes]) => [
    id,
    nodes.map((node) => node.id).sort(),
  ])
  return Object.fromEntries(ids)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function pack(walk: Walk, fault: string | undefined): WorldGraph {
  const vertices = [...walk.vertices.values()]
  const edges = vertices.flatMap((from) =>
    from.edges.map((edge) => ({ ...edge, from: from.index })),
  )
  const offsets = new Int32Array(vertices.length + 1)
  for (const { index, edges } of vertices) offsets[index + 1] = (offsets[index] ?? 0) + edges.length
  return {
    size: vertices.length,
    configurations: vertices.map(({ configuration }) => configuration),
    offsets,
    sources: Int32Array.from(edges, ({ from }) => from),
    targets: Int32Array.from(edges, ({ to }) => walk.vertices.get(to)?.index ?? -1),
    costs: Float64Array.from(edges, ({ meta }) => meta.cost),
    events: edges.map(({ event }) => event),
    metas: edges.map(({ meta }) => meta),
    byState: indexByState(vertices),
    open: Uint8Array.from(vertices, ({ open }) => Number(open)),
    truncated: walk.isTruncated(),
    refusals: walk.refusals,
    fault,
  }
}

function indexByState(vertices: readonly Vertex[]): Map<string, number[]> {
  const byState = new Map<string, number[]>()
  for (const { index, configuration } of vertices) {
    for (const path of configuration.active) {
      const known = byState.get(path)
      if (known === undefined) byState.set(path, [index])
      else known.push(index)
    }
  }
  return byState
}
