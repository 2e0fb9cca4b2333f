import type {
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyStateNode,
  AnyTransitionDefinition,
} from 'xstate'
import { declaredCost, edgeMeta, namesTask } from '../plan/world/edge-meta.ts'
import { TAKEN_WITHOUT_TASK } from './edges.ts'
import type { Limits, Refusal, WorldGraph } from './graph.ts'
import { isStructural } from './structural.ts'

/** What a state answers to one event. */
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

/** Leaves are vertices, numbered in the order in which they are found, as in the library's walk. */
class Reading {
  readonly #limits: Limits
  readonly #indices = new Map<AnyStateNode, number>()
  readonly #leaves: AnyStateNode[] = []
  /** What inner states inherit; that of a leaf is asked for only once. */
  readonly #outerAnswers = new Map<AnyStateNode, readonly Answer[]>()
  readonly #offsets: number[] = [0]
  readonly #sources: number[] = []
  readonly #targets: number[] = []
  readonly #costs: number[] = []
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
    for (let vertex = this.#indexOf(start); vertex < this.#leaves.length; vertex++) {
      const leaf = this.#leaves[vertex]
      if (leaf !== undefined && vertex < this.#limits.vertices) this.#expand(leaf, vertex)
      this.#offsets.push(this.#targets.length)
    }
  }

  #indexOf(leaf: AnyStateNode): number {
    const known = this.#indices.get(leaf)
    if (known !== undefined) return known
    this.#indices.set(leaf, this.#leaves.length)
    return this.#leaves.push(leaf) - 1
  }

  #expand(leaf: AnyStateNode, vertex: number): void {
    // A machine that is done takes no events.
    if (leaf.type === 'final') return
    for (const { event, taken, declared } of answersOf(leaf, this.#inherited(leaf))) {
      if (!declared) continue
      if (!namesTask(taken.meta)) {
        this.#refusals.push({ vertex, event, guard: undefined, reason: TAKEN_WITHOUT_TASK })
        continue
      }
      const target = taken.target?.[0]
      const end = target === undefined ? leaf : innermost(target)
      if (end === leaf) continue
      this.#sources.push(vertex)
      this.#targets.push(this.#indexOf(end))
      // A structural machine declares no other costs.
      this.#costs.push(declaredCost(taken.meta) as number)
      this.#taken.push(taken)
      this.#events.push(event)
    }
  }

  #inherited({ parent }: AnyStateNode): readonly Answer[] {
    if (parent === undefined) return []
    const known = this.#outerAnswers.get(parent)
    if (known !== undefined) return known
    const answers = answersOf(parent, this.#inherited(parent))
    this.#outerAnswers.set(parent, answers)
    return answers
  }

  #toGraph(): WorldGraph {
    const configurations = this.#leaves.map((leaf) => new LeafConfiguration(leaf))
    const byState = indexLeaves(configurations)
    const taken = this.#taken
    return {
      size: this.#leaves.length,
      configurations,
      offsets: new Int32Array(this.#offsets),
      sources: new Int32Array(this.#sources),
      targets: new Int32Array(this.#targets),
      costs: new Float64Array(this.#costs),
      events: this.#events,
      metaOf: (edge) => edgeMeta(taken[edge]?.meta),
      byState,
      // A leaf is active in one configuration only.
      vertexOf: (snapshot) => byState.get(labelOfValue(snapshot))?.[0],
      open: new Uint8Array(this.#leaves.length).fill(1, this.#limits.vertices),
      truncated: this.#isTruncated() ? 'vertices' : undefined,
      refusals: this.#refusals,
      fault: undefined,
    }
  }
}

/** By name of the event; what an inner state answers hides what the outer ones would. */
function answersOf(node: AnyStateNode, outer: readonly Answer[]): readonly Answer[] {
  const answers: Answer[] = []
  for (const [event, candidates] of node.transitions) {
    const taken = candidates[0]
    if (taken === undefined) continue
    const declared =
      namesTask(taken.meta) || candidates.some(({ meta }) => namesTask(meta)) || isIn(outer, event)
    answers.push({ event, taken, declared })
  }
  for (const answer of outer) if (!node.transitions.has(answer.event)) answers.push(answer)
  return answers.length < 2 ? answers : answers.sort(byEvent)
}

function isIn(answers: readonly Answer[], event: string): boolean {
  return answers.some((answer) => answer.event === event && answer.declared)
}

function byEvent(one: Answer, other: Answer): number {
  return one.event < other.event ? -1 : 1
}

/** Its set is made when somebody asks for it: most questions never do. */
class LeafConfiguration {
  readonly label: string
  /** The paths of the states around it. */
  readonly outer: readonly string[]
  #active: ReadonlySet<string> | undefined

  constructor({ path, key }: AnyStateNode) {
    this.label = path.length === 1 ? key : path.join('.')
    this.outer = path.length === 1 ? NONE : path.slice(1).map((_, index) => pathTo(path, index))
  }

  get active(): ReadonlySet<string> {
    this.#active ??= new Set([...this.outer, this.label])
    return this.#active
  }
}

const NONE: readonly string[] = []

function pathTo(path: readonly string[], last: number): string {
  return path.slice(0, last + 1).join('.')
}

/** The label of a leaf is its path; the paths of the states around it begin it. */
function indexLeaves(leaves: readonly LeafConfiguration[]): Map<string, number[]> {
  const byState = new Map<string, number[]>()
  const add = (path: string, index: number) => {
    const known = byState.get(path)
    if (known === undefined) byState.set(path, [index])
    else known.push(index)
  }
  for (let index = 0; index < leaves.length; index++) {
    const leaf = leaves[index] as LeafConfiguration
    for (const path of leaf.outer) add(path, index)
    add(leaf.label, index)
  }
  return byState
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
