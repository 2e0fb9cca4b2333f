import type { AnyStateMachine } from 'xstate'
import { createMachine } from 'xstate'
import type { World, WorldState } from '../../src/plan/model.ts'
import { seededRandom } from './random.ts'

export type Shape = 'chain' | 'random'

/** A machine as data: where each event of a state leads, by state. Every edge costs 1. */
export interface Drawing {
  readonly states: readonly string[]
  readonly edges: ReadonlyMap<string, readonly Edge[]>
}

interface Edge {
  readonly type: string
  readonly target: string
}

/** Edges of a state in a random graph, on average. */
export const DEGREE = 3

/**
 * States s0, s1, …; all of them can be reached from s0. In a chain each leads to the next. In a
 * random graph each is reached from one that stands before it, and the other edges go anywhere.
 */
export function draw(shape: Shape, size: number, seed: number): Drawing {
  const random = seededRandom(seed)
  const any = (below: number) => Math.floor(random() * below)
  const states = Array.from({ length: size }, (_, index) => `s${index}`)
  const edges = new Map<string, Edge[]>(states.map((state) => [state, []]))
  const add = (from: number, to: number) => {
    const outgoing = edges.get(`s${from}`)
    outgoing?.push({ type: `GO_${outgoing.length}`, target: `s${to}` })
  }
  for (let to = 1; to < size; to += 1) add(shape === 'chain' ? to - 1 : any(to), to)
  if (shape === 'random') {
    for (let more = (DEGREE - 1) * size; more > 0; more -= 1) add(any(size), any(size))
  }
  return { states, edges }
}

/** A machine that nobody has used yet: XState works much out at first use and keeps it. */
export function toMachine({ states, edges }: Drawing): AnyStateMachine {
  const meta = { task: 'move' }
  const configs = states.map((state) => {
    const on = edges.get(state)?.map(({ type, target }) => [type, { target, meta }]) ?? []
    return [state, { on: Object.fromEntries(on) }]
  })
  // The config is made as data, which the types of createMachine cannot follow.
  const config = { id: 'world', initial: 's0', states: Object.fromEntries(configs) } as never
  return createMachine(config) as AnyStateMachine
}

export function toWorld(machine: AnyStateMachine): World {
  const states = Object.keys(machine.root.states)
  // The types of XState know more of the config than a plan promises.
  const config = machine.config as unknown as World['config']
  return { machine, config, states: new Map(states.map((path) => [path, toWorldState(path)])) }
}

function toWorldState(path: string): WorldState {
  return {
    path,
    type: 'atomic',
    check: undefined,
    priority: 0,
    serial: false,
    timeout: 1000,
    tags: [],
  }
}
