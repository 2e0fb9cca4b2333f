import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assign, type StateValue } from 'xstate'
import type { World } from '../../../src/plan/model.ts'
import { walkMachine } from '../../../src/planning/compile.ts'
import type { Limits, WorldGraph } from '../../../src/planning/graph.ts'
import { edgeKey } from '../../../src/planning/graph.ts'
import { readStructure } from '../../../src/planning/structure.ts'
import type { StateConfig } from './world.ts'
import { edge, toWorld } from './world.ts'

const PATHS = ['a', 'b', 'b.x', 'b.y', 'c', 'c.x', 'c.y', 'c.y.p', 'c.y.q', 'd', 'end']
const LEAVES = ['a', 'b.x', 'b.y', 'c.x', 'c.y.p', 'c.y.q', 'd', 'end']

const limits = (vertices: number): Limits => ({ vertices, time: 0, clock: undefined })

interface DrawnTransition {
  readonly from: string
  readonly to: string | undefined
  readonly event: string
  readonly kind: 'edge' | 'plain' | 'reentering'
  readonly cost: number | undefined
}

const drawnTransition = fc.record<DrawnTransition>({
  from: fc.constantFrom('', ...PATHS),
  to: fc.option(fc.constantFrom(...PATHS), { nil: undefined }),
  event: fc.constantFrom('GO', 'RUN', 'STEP', 'JUMP'),
  kind: fc.constantFrom('edge', 'edge', 'plain', 'reentering'),
  cost: fc.option(fc.nat(9), { nil: undefined }),
})

const machines = fc.record({
  transitions: fc.array(drawnTransition, { maxLength: 24 }),
  first: fc.constantFrom('a', 'b', 'c'),
  inner: fc.constantFrom('x', 'y'),
})

function build({
  transitions,
  first,
  inner,
}: typeof machines extends fc.Arbitrary<infer T> ? T : never) {
  const on = (from: string) => {
    const own = transitions.filter((each) => each.from === from)
    const byEvent = Map.groupBy(own, ({ event }) => event)
    return Object.fromEntries(
      [...byEvent].map(([event, candidates]) => [event, candidates.map(toTransition)]),
    )
  }
  const state = (path: string, rest: StateConfig = {}): StateConfig => {
    return { ...{ id: path }, on: on(path), ...rest }
  }
  return toWorld({
    initial: first,
    on: on(''),
    states: {
      d: state('d'),
      c: state('c', {
        initial: inner,
        states: {
          y: state('c.y', { initial: 'q', states: { q: state('c.y.q'), p: state('c.y.p') } }),
          x: state('c.x'),
        },
      }),
      b: state('b', { initial: inner, states: { x: state('b.x'), y: state('b.y') } }),
      a: state('a'),
      end: state('end', { type: 'final' }),
    },
  })
}

function toTransition({ to, kind, cost }: DrawnTransition): object {
  const target = to === undefined ? undefined : `#${to}`
  if (kind === 'plain') return target === undefined ? {} : { target }
  return edge(target, cost, kind === 'reentering' ? { reenter: true } : {})
}

/** Everything in a graph but its functions, whose answers stand instead. */
function contents(world: World, graph: WorldGraph | undefined) {
  if (graph === undefined) return undefined
  const { metaOf, vertexOf, configurations, byState, ...arrays } = graph
  const edges = [...graph.events.keys()]
  return {
    ...arrays,
    configurations: configurations.map(({ label, active }) => ({ label, active: [...active] })),
    byState: [...byState].sort(),
    metas: edges.map((index) => metaOf(index)),
    keys: edges.map((index) => edgeKey(graph, index)),
    vertices: LEAVES.map((path) =>
      vertexOf(world.machine.resolveState({ value: stateValueOf(path), context: {} })),
    ),
  }
}

function stateValueOf(path: string): StateValue {
  const [last = '', ...outer] = path.split('.').reverse()
  return outer.reduce<StateValue>((value, key) => ({ [key]: value }), last)
}

describe('readStructure', () => {
  it('reads from a machine without context what the library finds by walking it', () => {
    const property = fc.property(machines, fc.constantFrom(3, 1000), (drawn, budget) => {
      const world = build(drawn)
      const read = contents(world, readStructure(world.machine, limits(budget)))
      expect(read).toEqual(contents(world, walkMachine(world.machine, limits(budget))))
    })
    fc.assert(property, { numRuns: 400 })
  })

  const go = (rest: object) => ({
    initial: 'a',
    states: { a: { on: { GO: edge('b', 1, rest) } }, b: {} },
  })
  it.each<[string, StateConfig]>([
    ['a guard', go({ guard: () => true })],
    ['an assignment', go({ actions: assign(() => ({})) })],
    ['a context', { context: {}, initial: 'a', states: { a: {} } }],
    ['an eventless transition', { initial: 'a', states: { a: { always: 'b' }, b: {} } }],
    ['a parallel state', { type: 'parallel', states: { a: {} } }],
    ['a wildcard', { initial: 'a', states: { a: { on: { '*': 'b' } }, b: {} } }],
    ['a delay', { initial: 'a', states: { a: { after: { 10: 'b' } }, b: {} } }],
    [
      'the end of an inner state',
      { initial: 'a', states: { a: { initial: 'z', states: { z: { type: 'final' } } } } },
    ],
    [
      'a history',
      { initial: 'a', states: { a: { initial: 'x', states: { x: {}, h: { type: 'history' } } } } },
    ],
  ])('leaves a machine with %s to the walk', (_, config) => {
    expect(readStructure(toWorld(config).machine, limits(1000))).toBeUndefined()
  })
})
