import { adjacencyMapToArray, getAdjacencyMap } from '@xstate/graph'
import type {
  ActorLogic,
  AnyMachineSnapshot,
  AnyStateMachine,
  EventObject,
  StateValue,
} from 'xstate'
import type { EdgeMeta } from '../plan/model.ts'
import type { Configuration } from './configuration.ts'
import { createConfigurations, indexByState } from './configuration.ts'
import { answerTo } from './edges.ts'
import type { Limit, Limits, Refusal, WorldGraph } from './graph.ts'
import { snapshotKey } from './snapshot-key.ts'

/** Reading the clock costs more than a look at a vertex. */
const VERTICES_BETWEEN_LOOKS = 32

interface Vertex {
  readonly index: number
  readonly configuration: Configuration
  readonly edges: { readonly event: string; readonly meta: EdgeMeta; readonly to: string }[]
  readonly open: boolean
}

type Logic = ActorLogic<AnyMachineSnapshot, EventObject, unknown>

/** Walks of the library from several starting points, joined at the vertices they share. */
export class Walk {
  readonly #vertices = new Map<string, Vertex>()
  readonly #refusals: Refusal[] = []
  readonly #machine: AnyStateMachine
  readonly #limits: Limits
  readonly #deadline: number
  readonly #configurationOf: (value: StateValue) => Configuration
  readonly #seen = new Set<Configuration>()
  readonly #metas = new WeakMap<EventObject, EdgeMeta>()

  #truncated: Limit | undefined

  constructor(machine: AnyStateMachine, limits: Limits) {
    this.#machine = machine
    this.#limits = limits
    this.#deadline = (limits.clock?.now() ?? 0) + limits.time
    this.#configurationOf = createConfigurations(machine)
  }

  get truncated(): Limit | undefined {
    return this.#truncated
  }

  hasSeen(value: StateValue): boolean {
    return this.#seen.has(this.#configurationOf(value))
  }

  explore(fromState: AnyMachineSnapshot): void {
    const adjacency = getAdjacencyMap(this.#logic(), {
      fromState,
      serializeState: snapshotKey,
      stopWhen: (snapshot) => !this.#enter(snapshot),
      events: (snapshot) => this.#events(snapshot),
    })
    for (const { state, event, nextState } of adjacencyMapToArray(adjacency)) {
      const meta = this.#metas.get(event)
      const [from, to] = [snapshotKey(state), snapshotKey(nextState)]
      if (meta === undefined || to === from) continue
      this.#vertices.get(from)?.edges.push({ event: event.type, meta, to })
    }
  }

  /** Makes the snapshot a vertex; false when it was one before or is not to be expanded. */
  #enter(snapshot: AnyMachineSnapshot): boolean {
    const key = snapshotKey(snapshot)
    if (this.#vertices.has(key)) return false
    const index = this.#vertices.size
    const open = this.#reached(index)
    const configuration = this.#configurationOf(snapshot.value)
    this.#vertices.set(key, { index, configuration, edges: [], open })
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
    const vertex = this.#vertices.get(snapshotKey(snapshot))?.index ?? -1
    this.#refusals.push({ vertex, event, guard, reason })
  }

  /** Once a limit has been reached, everything further is left open. */
  #reached(index: number): boolean {
    const { vertices, clock } = this.#limits
    if (this.#truncated !== undefined) return true
    if (index >= vertices) this.#truncated = 'vertices'
    else if (index % VERTICES_BETWEEN_LOOKS === VERTICES_BETWEEN_LOOKS - 1) {
      if (clock !== undefined && clock.now() > this.#deadline) this.#truncated = 'time'
    }
    return this.#truncated !== undefined
  }

  toGraph(fault?: string): WorldGraph {
    const vertices = [...this.#vertices.values()]
    const edges = vertices.flatMap((from) =>
      from.edges.map((edge) => ({ ...edge, from: from.index })),
    )
    const offsets = new Int32Array(vertices.length + 1)
    for (const { index, edges } of vertices) {
      offsets[index + 1] = (offsets[index] ?? 0) + edges.length
    }
    return {
      size: vertices.length,
      configurations: vertices.map(({ configuration }) => configuration),
      offsets,
      sources: Int32Array.from(edges, ({ from }) => from),
      targets: Int32Array.from(edges, ({ to }) => this.#vertices.get(to)?.index ?? -1),
      costs: Float64Array.from(edges, ({ meta }) => meta.cost),
      events: edges.map(({ event }) => event),
      metaOf: (edge) => edges[edge]?.meta,
      byState: indexByState(vertices.map(({ configuration }) => configuration)),
      vertexOf: (snapshot) => this.#vertices.get(snapshotKey(snapshot))?.index,
      open: Uint8Array.from(vertices, ({ open }) => Number(open)),
      truncated: this.#truncated,
      refusals: this.#refusals,
      fault,
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
