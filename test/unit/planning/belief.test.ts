import { describe, expect, it } from 'vitest'
import { type AnyMachineSnapshot, assign } from 'xstate'
import type { EdgeCosts } from '../../../src/planning/edge-costs.ts'
import { createPlanner } from '../../../src/planning/planner.ts'
import { createManualClock } from './manual-clock.ts'
import { edge, toWorld } from './world.ts'

/** A door that opens only with the key, which nothing in the machine hands out. */
const door = () =>
  toWorld({
    context: { key: false },
    initial: 'shut',
    states: {
      shut: {
        on: {
          OPEN: edge('open', 1, {
            guard: ({ context }: { context: { key: boolean } }) => context.key,
          }),
        },
      },
      open: { on: { SHUT: edge('shut') } },
    },
  })

const detour = () =>
  toWorld({
    initial: 'a',
    states: {
      a: { on: { DIRECT: edge('c', 1), AROUND: edge('b', 2) } },
      b: { on: { ON: edge('c', 2) } },
      c: {},
      d: {},
    },
  })

const doubtful: EdgeCosts = {
  version: 'one',
  cost: (key, declared) => (key.includes('DIRECT') ? declared * 9 : declared),
}

describe('a question with a snapshot', () => {
  it('starts from the believed context', () => {
    const world = door()
    const planner = createPlanner(world)
    const question = { from: ['shut'], targets: ['open'] }
    const snapshot = world.machine.resolveState({ value: 'shut', context: { key: true } })
    expect(planner.findPath(question).outcome).toBe('unreachable')
    expect(planner.findPath({ ...question, snapshot })).toMatchObject({
      outcome: 'reachable',
      path: [{ event: 'OPEN' }],
    })
  })

  it('is answered with the guards that refused when there is no path', () => {
    const world = door()
    const snapshot = world.machine.resolveState({ value: 'shut', context: { key: 0 } })
    const verdict = createPlanner(world).findPath({ from: ['shut'], targets: ['open'], snapshot })
    expect(verdict).toMatchObject({ outcome: 'unreachable', refused: [{ event: 'OPEN' }] })
  })

  it('is answered as without it when the snapshot contradicts what is known', () => {
    const world = door()
    const snapshot = world.machine.resolveState({ value: 'open', context: { key: true } })
    const planner = createPlanner(world)
    const question = { from: ['shut'], targets: ['open'] }
    expect(planner.findPath({ ...question, snapshot })).toEqual(planner.findPath(question))
  })

  it('does not take a target to hold only because the snapshot says so', () => {
    const world = toWorld({
      initial: 'up',
      states: { up: { initial: 'x', states: { x: { on: { GO: edge('y') } }, y: {} } } },
    })
    const snapshot = world.machine.resolveState({ value: { up: 'y' }, context: {} })
    expect(
      createPlanner(world).findPath({ from: ['up'], targets: ['up.y'], snapshot }),
    ).toMatchObject({ path: [{ event: 'GO' }] })
  })

  it('keeps to the region that the snapshot has and `from` leaves open', () => {
    const region = { initial: 'off', states: { off: { on: { ON: edge('on') } }, on: {} } }
    const world = toWorld({
      type: 'parallel',
      states: { lamp: region, oven: { initial: 'cold', states: { cold: {}, hot: {} } } },
    })
    const snapshot = world.machine.resolveState({
      value: { lamp: 'off', oven: 'hot' },
      context: {},
    }) as AnyMachineSnapshot
    expect(
      createPlanner(world).findPath({ from: ['lamp.off'], targets: ['lamp.on'], snapshot }),
    ).toMatchObject({ path: [{ from: 'lamp.off & oven.hot' }] })
  })
})

describe('a question with learned costs', () => {
  it('goes around an edge that has become dearer, and says what was declared', () => {
    const planner = createPlanner(detour())
    const question = { from: ['a'], targets: ['c'] }
    expect(planner.findPath(question)).toMatchObject({ cost: 1, path: [{ event: 'DIRECT' }] })
    expect(planner.findPath({ ...question, costs: doubtful })).toMatchObject({
      cost: 4,
      path: [{ event: 'AROUND', cost: 2, declared: 2 }, { event: 'ON' }],
    })
    const banned = new Set(['a --AROUND--> b'])
    expect(planner.findPath({ ...question, banned, costs: doubtful })).toMatchObject({
      cost: 9,
      path: [{ event: 'DIRECT', cost: 9, declared: 1 }],
    })
  })

  it('is answered anew under another version', () => {
    const planner = createPlanner(detour())
    const question = { from: ['a'], targets: ['c'] }
    planner.findPath({ ...question, costs: doubtful })
    const forgiving = { version: 'two', cost: (_: string, declared: number) => declared }
    expect(planner.findPath({ ...question, costs: forgiving })).toMatchObject({ cost: 1 })
  })
})

describe('distances', () => {
  it('are the costs of the cheapest paths to the nearest target', () => {
    const planner = createPlanner(detour())
    expect([...planner.distances(['c'])].sort()).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 0],
    ])
    expect(planner.distances(['b', 'c'], { costs: doubtful }).get('a')).toBe(2)
    expect(planner.distances(['nowhere']).size).toBe(0)
  })

  it('agree with the paths, and count an outer state by its nearest inner one', () => {
    const world = toWorld({
      initial: 'out',
      states: {
        out: { on: { IN: edge('up.x', 3) } },
        up: { initial: 'x', states: { x: { on: { Y: edge('y', 2) } }, y: {} } },
      },
    })
    const planner = createPlanner(world)
    const distances = planner.distances(['up.y'])
    expect(distances.get('up')).toBe(0)
    expect(planner.findPath({ from: ['out'], targets: ['up.y'] })).toMatchObject({
      cost: distances.get('out'),
    })
  })
})

describe('the time budget', () => {
  it('ends a walk that takes too long, and says what to do', () => {
    const clock = createManualClock()
    const world = toWorld({
      context: { count: 0 },
      initial: 'a',
      states: {
        a: {
          on: {
            MORE: edge('a', 1, {
              guard: () => {
                clock.advance(1)
                return true
              },
              actions: assign({ count: (s) => s.context.count + 1 }),
            }),
          },
        },
        b: {},
      },
    })
    const planner = createPlanner(world, { timeBudget: 100, clock })
    const verdict = planner.findPath({ from: ['a'], targets: ['b'] })
    expect(verdict).toMatchObject({
      outcome: 'budget',
      message: expect.stringContaining('timeBudget'),
    })
  })
})
