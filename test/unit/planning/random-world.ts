import fc from 'fast-check'
import { assign } from 'xstate'
import type { World } from '../../../src/plan/model.ts'
import type { StateConfig } from './world.ts'
import { edge, toWorld } from './world.ts'

type Shape = 'flat' | 'nested' | 'parallel'

/** A world as it was drawn, so that it can be built in another order of declaration. */
export interface Drawing {
  readonly shape: Shape
  readonly edges: readonly DrawnEdge[]
}

interface DrawnEdge {
  readonly from: number
  readonly to: number
  readonly event: string
  /** Quarters, so that sums are exact whatever their order. */
  readonly cost: number | undefined
  /** The value of the context's `mode` under which the edge is open, and the one it leaves. */
  readonly guard: number | undefined
  readonly assigns: number | undefined
}

const NODES: Record<Shape, readonly string[]> = {
  flat: ['a', 'b', 'c', 'd', 'e', 'f'],
  nested: ['a', 'b', 'b.x', 'b.y', 'c', 'c.x', 'c.y', 'c.y.p', 'c.y.q'],
  parallel: ['l.a', 'l.b', 'l.c', 'r.a', 'r.b', 'r.b.x', 'r.b.y'],
}

const MODES = 3

export function drawings(options: { costs: boolean; context: boolean }): fc.Arbitrary<Drawing> {
  const maybe = <T>(wanted: boolean, value: fc.Arbitrary<T>) =>
    wanted ? fc.option(value, { nil: undefined }) : fc.constant(undefined)
  const drawnEdge = fc.record<DrawnEdge>({
    from: fc.nat(99),
    to: fc.nat(99),
    event: fc.constantFrom('GO', 'RUN', 'STEP', 'JUMP'),
    cost: maybe(
      options.costs,
      fc.nat(12).map((quarters) => quarters / 4),
    ),
    guard: maybe(options.context, fc.nat(MODES - 1)),
    assigns: maybe(options.context, fc.nat(MODES - 1)),
  })
  return fc.record({
    shape: fc.constantFrom<Shape>('flat', 'nested', 'parallel'),
    edges: fc.array(drawnEdge, { minLength: 3, maxLength: 18 }),
  })
}

/** Builds the world; with `reversed`, every state and event is declared in the opposite order. */
export function build({ shape, edges }: Drawing, reversed = false): World {
  const paths = NODES[shape]
  const root: StateConfig = { context: { mode: 0 }, ...compound(paths, '', reversed) }
  if (shape === 'parallel') {
    root.type = 'parallel'
    delete root.initial
  }
  const events = new Map<string, object[]>()
  for (const drawn of edges) {
    const from = paths[drawn.from % paths.length] ?? ''
    const key = `${from} ${drawn.event}`
    events.set(key, [...(events.get(key) ?? []), transition(drawn, paths)])
  }
  const entries = reversed ? [...events].reverse() : [...events]
  for (const [key, candidates] of entries) {
    const [from = '', event = ''] = key.split(' ')
    const state = find(root, from)
    state.on = { ...state.on, [event]: candidates }
  }
  return toWorld(root)
}

function compound(paths: readonly string[], prefix: string, reversed: boolean): StateConfig {
  const depth = prefix === '' ? 1 : prefix.split('.').length + 1
  const below = paths.filter((path) => path.startsWith(prefix === '' ? '' : `${prefix}.`))
  const names = [...new Set(below.map((path) => path.split('.')[depth - 1] ?? ''))]
  const [initial] = names
  if (initial === undefined) return {}
  const entries = names.map((name) => {
    const path = prefix === '' ? name : `${prefix}.${name}`
    return [name, { id: path, ...compound(paths, path, reversed) }] as const
  })
  return { initial, states: Object.fromEntries(reversed ? entries.reverse() : entries) }
}

function find(root: StateConfig, path: string): StateConfig {
  return path.split('.').reduce((state, key) => state.states?.[key] ?? state, root)
}

function transition(drawn: DrawnEdge, paths: readonly string[]): object {
  const { guard, assigns } = drawn
  return edge(`#${paths[drawn.to % paths.length]}`, drawn.cost, {
    ...(guard === undefined
      ? {}
      : { guard: ({ context }: { context: { mode: number } }) => context.mode === guard }),
    ...(assigns === undefined ? {} : { actions: assign({ mode: assigns }) }),
  })
}
