import { getShortestPaths } from '@xstate/graph'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AnyMachineSnapshot, AnyTransitionDefinition } from 'xstate'
import { getInitialSnapshot, transition } from 'xstate'
import { getShortestPaths as getShortestPathsOfXstate } from 'xstate/graph'
import type { World } from '../../../src/plan/model.ts'
import { createPlanner } from '../../../src/planning/planner.ts'
import { build, drawings } from './random-world.ts'

const EVENTS = ['GO', 'RUN', 'STEP', 'JUMP']
const RUNS = { numRuns: 150 }

/** One edge as the machine itself tells it, without any of the code under test. */
interface PlainEdge {
  readonly key: string
  readonly to: AnyMachineSnapshot
  readonly cost: number
}

function edgesFrom(world: World, snapshot: AnyMachineSnapshot): PlainEdge[] {
  return EVENTS.flatMap((type) => {
    const taken = world.machine.getTransitionData(snapshot, { type }) as AnyTransitionDefinition[]
    const metas = taken.flatMap(({ meta }) => meta ?? [])
    if (metas.length !== 1) return []
    const [to] = transition(world.machine, snapshot, { type }) as [AnyMachineSnapshot, unknown]
    const cost = metas[0]?.cost ?? 1
    return [{ key: `${label(snapshot)} --${type}--> ${label(to)}`, to, cost }]
  })
}

function activePaths(value: AnyMachineSnapshot['value'], prefix = ''): string[] {
  const children = typeof value === 'string' ? { [value]: {} } : value
  return Object.entries(children).flatMap(([key, below]) => {
    const path = `${prefix}${key}`
    return [path, ...activePaths(below ?? {}, `${path}.`)]
  })
}

function label({ value }: AnyMachineSnapshot): string {
  const paths = activePaths(value)
  const leaves = paths.filter((path) => !paths.some((other) => other.startsWith(`${path}.`)))
  return leaves.sort().join(' & ')
}

function keyOf({ value, context }: AnyMachineSnapshot): string {
  return JSON.stringify([activePaths(value).sort(), context])
}

interface Distance {
  readonly snapshot: AnyMachineSnapshot
  readonly cost: number
  readonly steps: number
}

/** Bellman and Ford: every edge is tried again until none makes anything nearer. */
function distancesFrom(
  world: World,
  start: AnyMachineSnapshot,
  banned: ReadonlySet<string>,
): Map<string, Distance> {
  const distances = new Map([[keyOf(start), { snapshot: start, cost: 0, steps: 0 }]])
  for (let changed = true; changed; ) {
    changed = false
    for (const { snapshot, cost, steps } of [...distances.values()]) {
      for (const edge of edgesFrom(world, snapshot)) {
        if (banned.has(edge.key)) continue
        const known = distances.get(keyOf(edge.to))
        const next = { snapshot: edge.to, cost: cost + edge.cost, steps: steps + 1 }
        if (known !== undefined && !isNearer(next, known)) continue
        distances.set(keyOf(edge.to), next)
        changed = true
      }
    }
  }
  return distances
}

function isNearer(a: Distance, b: Distance): boolean {
  return a.cost < b.cost || (a.cost === b.cost && a.steps < b.steps)
}

function nearest(distances: Iterable<Distance>, target: string): Distance | undefined {
  return [...distances]
    .filter(({ snapshot }) => activePaths(snapshot.value).includes(target))
    .reduce<Distance | undefined>(
      (best, one) => (best === undefined || isNearer(one, best) ? one : best),
      undefined,
    )
}

/** Asks for a path from `start` to the target, walks it, and says how long it was. */
function walkedPath(
  world: World,
  start: AnyMachineSnapshot,
  target: string,
  banned: ReadonlySet<string>,
) {
  const verdict = createPlanner(world).findPath({ from: [label(start)], targets: [target], banned })
  if (verdict.outcome !== 'reachable') return verdict.outcome
  let at = start
  let cost = 0
  for (const step of verdict.path) {
    const edge = edgesFrom(world, at).find(({ key }) => key === step.key)
    if (edge === undefined) throw new Error(`there is no edge ${step.key}`)
    expect(banned).not.toContain(step.key)
    expect(step.cost).toBe(edge.cost)
    cost += edge.cost
    at = edge.to
  }
  expect(activePaths(at.value)).toContain(target)
  expect(verdict.cost).toBe(cost)
  return { cost, steps: verdict.path.length }
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined
}

describe('cheapest path', () => {
  it('is the one that trying all paths finds, with costs, guards, context and bans', () => {
    const property = fc.property(
      drawings({ costs: true, context: true }),
      fc.array(fc.nat(99), { maxLength: 4 }),
      (drawing, bans) => {
        const world = build(drawing)
        const start: AnyMachineSnapshot = getInitialSnapshot(world.machine)
        const all = distancesFrom(world, start, new Set())
        const keys = [...all.values()].flatMap(({ snapshot }) =>
          edgesFrom(world, snapshot).map(({ key }) => key),
        )
        const banned = new Set(bans.map((ban) => keys[ban % keys.length]).filter(isDefined))
        const distances = distancesFrom(world, start, banned)
        for (const target of world.states.keys()) {
          const best = nearest(distances.values(), target)
          const expected = best ? { cost: best.cost, steps: best.steps } : 'unreachable'
          expect(walkedPath(world, start, target, banned)).toEqual(expected)
        }
      },
    )
    fc.assert(property, RUNS)
  })

  it('is found from every configuration, also from those the initial one does not lead to', () => {
    const property = fc.property(drawings({ costs: true, context: false }), (drawing) => {
      const world = build(drawing)
      const leaves = [...world.states.values()].filter(({ type }) => type === 'atomic')
      for (const { path } of leaves) {
        const value = path
          .split('.')
          .reduceRight<object | string>((below, key) => (below === '' ? key : { [key]: below }), '')
        const start = world.machine.resolveState({ value: value as never, context: { mode: 0 } })
        const distances = distancesFrom(world, start, new Set())
        for (const target of world.states.keys()) {
          const best = nearest(distances.values(), target)
          const expected = best ? { cost: best.cost, steps: best.steps } : 'unreachable'
          expect(walkedPath(world, start, target, new Set())).toEqual(expected)
        }
      }
    })
    fc.assert(property, { numRuns: 50 })
  })

  it.each([
    ['@xstate/graph', getShortestPaths],
    ['xstate/graph', getShortestPathsOfXstate as unknown as typeof getShortestPaths],
  ])('is as short as that of %s where no costs are declared', (_, shortestPaths) => {
    const property = fc.property(drawings({ costs: false, context: true }), (drawing) => {
      const world = build(drawing)
      const start: AnyMachineSnapshot = getInitialSnapshot(world.machine)
      const paths = shortestPaths(
        world.machine as never,
        {
          events: (snapshot: AnyMachineSnapshot) => {
            const keys = edgesFrom(world, snapshot).map(({ key }) => key.split('--')[1] ?? '')
            return keys.map((type) => ({ type }))
          },
        } as never,
      ) as { state: AnyMachineSnapshot; weight: number }[]
      for (const target of world.states.keys()) {
        const weights = paths
          .filter(({ state }) => activePaths(state.value).includes(target))
          .map(({ weight }) => weight)
        const steps = Math.min(...weights)
        const expected = weights.length > 0 ? { cost: steps, steps } : 'unreachable'
        expect(walkedPath(world, start, target, new Set())).toEqual(expected)
      }
    })
    fc.assert(property, RUNS)
  })

  it('does not depend on the order in which states and events are declared', () => {
    const property = fc.property(drawings({ costs: true, context: true }), (drawing) => {
      const [one, other] = [build(drawing), build(drawing, true)]
      const [first, second] = [createPlanner(one), createPlanner(other)]
      for (const from of one.states.keys()) {
        for (const target of one.states.keys()) {
          const question = { from: [from], targets: [target] }
          expect(first.findPath(question)).toEqual(second.findPath(question))
        }
      }
    })
    fc.assert(property, RUNS)
  })
})
