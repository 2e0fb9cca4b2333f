import type {
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyStateNode,
  AnyTransitionDefinition,
} from 'xstate'
import { declaredCost, edgeMeta, namesTask } from '../plan/edge.ts'
import { indexByState } from './configuration.ts'
import { TAKEN_WITHOUT_TASK } from './edges.ts'
import type { Limits, Refusal, WorldGraph } from './graph.ts'
import { isStructural } from './structural.ts'

/** What a leaf answers to one event. */
interface Answer {
  readonly event: string
  readonly taken: AnyTransitionDefinition
  /** Some active state declares a task for the event, whether it comes to that or not. */
  readonly declared: boolean
}

/**
 * The graph of a machine that is nothing but its structure, read from its state nodes instead of
 * walked: the same arrays, without taking a single transition. Undefined for every other machine.
 */
export function readStructure(machine: AnyStateMachine, limits: Limits): WorldGraph | undefined {
  return isStructural(machine) ? new Reading(limits).read(machine.root) : undefined
}

/** Leaves are vertices; they are numbered when they leave the queue, as in the library's walk. */
class Reading {
  readonly #limits: Limits
  readonly #indices = new Map<AnyStateNode, number>()
  readonly #answers = new Map<AnyStateNode, readonly Answer[]>()
  readonly #leaves: AnyStateNode[] = []
  readonly #offsets: number[] = [0]
  readonly #sources: number[] = []
  readonly #ends: AnyStateNode[] = []
  readonly #taken: AnyTransitionDefinition[] = []
  readonly #events: string[] = []
  readonly #refusals: Refusal[] = []

  constructor(limits: Limits) {
    this.#limits = limits
  }

  read(root: AnyStateNode): WorldGraph {
    this.#explore(innermost(root))
    if (!this.#isTruncated()) {
      for (const leaf of leavesByName(root)) {
        if (this.#isTruncated()) break
        if (!this.#indices.has(leaf)) this.#explore(leaf)
      }
    }
    return this.#toGraph()
  }

  #isTruncated(): boolean {
    return this.#leaves.length > this.#limits.vertices
  }

  #explore(start: AnyStateNode): void {
    const queue = [start]
    for (const leaf of queue) {
      if (this.#indices.has(leaf)) continue
      const vertex = this.#leaves.length
      this.#indices.set(leaf, vertex)
      this.#leaves.push(leaf)
      if (vertex < this.#limits.vertices) this.#expand(leaf, vertex, queue)
      this.#offsets.push(this.#ends.length)
    }
  }

  #expand(leaf: AnyStateNode, vertex: number, queue: AnyStateNode[]): void {
    // A machine that is done takes no events.
    if (leaf.type === 'final') return
    for (const { event, taken, declared } of this.#answersOf(leaf)) {
      if (!declared) continue
      if (!namesTask(taken.meta)) {
        this.#refusals.push({ vertex, event, guard: undefined, reason: TAKEN_WITHOUT_TASK })
        continue
      }
      const [target] = taken.target ?? []
      const end = target === undefined ? leaf : innermost(target)
      if (end === leaf) continue
      this.#sources.push(vertex)
      this.#ends.push(end)
      this.#taken.push(taken)
      this.#events.push(event)
      queue.push(end)
    }
  }

  /** By name of the event; what an inner state answers hides what the outer ones would. */
  #answersOf(node: AnyStateNode): readonly Answer[] {
    const known = this.#answers.get(node)
    if (known !== undefined) return known
    const outer = node.parent === undefined ? [] : this.#answersOf(node.parent)
    const answers = new Map(outer.map((answer) => [answer.event, answer]))
    for (const [event, candidates] of node.transitions) {
      const [taken] = candidates
      if (taken === undefined) continue
      const declared =
        answers.get(event)?.declared === true || candidates.some(({ meta }) => namesTask(meta))
      answers.set(event, { event, taken, declared })
    }
    const sorted = [...answers.values()].sort((a, b) => (a.event < b.event ? -1 : 1))
    this.#answers.set(node, sorted)
    return sorted
  }

  #toGraph(): WorldGraph {
    const configurations = this.#leaves.map(toConfiguration)
    const taken = this.#taken
    const byLabel = new Map(configurations.map(({ label }, index) => [label, index]))
    return {
      size: this.#leaves.length,
      configurations,
      offsets: Int32Array.from(this.#offsets),
      sources: Int32Array.from(this.#sources),
      targets: Int32Array.from(this.#ends, (leaf) => this.#indices.get(leaf) ?? -1),
      costs: Float64Array.from(taken, ({ meta }) => declaredCost(meta) as number),
      events: this.#events,
      metaOf: (edge) => edgeMeta(taken[edge]?.meta),
      byState: indexByState(configurations),
      vertexOf: (snapshot) => byLabel.get(labelOfValue(snapshot)),
      open: Uint8Array.from(this.#leaves, (_, index) => Number(index >= this.#limits.vertices)),
      truncated: this.#isTruncated() ? 'vertices' : undefined,
      refusals: this.#refusals,
      fault: undefined,
    }
  }
}

/** Where the machine comes to rest when it enters a state. */
function innermost(node: AnyStateNode): AnyStateNode {
  let at: AnyStateNode | undefined = node
  let leaf = node
  while (at !== undefined) {
    leaf = at
    at = at.type === 'compound' ? at.initial.target[0] : undefined
  }
  return leaf
}

function* leavesByName(node: AnyStateNode): Generator<AnyStateNode> {
  const children = Object.values<AnyStateNode>(node.states)
  if (children.length === 0) yield node
  for (const child of children.sort((a, b) => (a.key < b.key ? -1 : 1))) yield* leavesByName(child)
}

function toConfiguration({ path }: AnyStateNode) {
  const active = path.map((_, index) => path.slice(0, index + 1).join('.'))
  return { label: active.at(-1) ?? '', active: new Set(active) }
}

/** Without parallel states a value is one chain of names. */
function labelOfValue({ value }: AnyMachineSnapshot): string {
  const keys: string[] = []
  let at: unknown = value
  while (typeof at === 'object' && at !== null) {
    const [entry] = Object.entries(at)
    keys.push(entry?.[0] ?? '')
    at = entry?.[1]
  }
  return [...keys, String(at)].join('.')
}
