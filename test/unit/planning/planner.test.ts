import { describe, expect, it } from 'vitest'
import type { PathQuestion, Verdict } from '../../../src/planning/planner.ts'
import { createPlanner } from '../../../src/planning/planner.ts'
import { edge, toWorld } from './world.ts'

const service = () =>
  toWorld({
    initial: 'stopped',
    states: {
      stopped: { on: { START: edge('up.serving', 5) } },
      up: {
        initial: 'serving',
        states: {
          serving: { on: { DRAIN: edge('drained', 2) } },
          drained: { on: { RESUME: edge('serving') } },
        },
        on: { STOP: edge('stopped', 3) },
      },
    },
  })

const rooms = () => {
  const region = (off: string, on: string) => ({
    initial: 'off',
    states: { off: { on: { [on]: edge('on') } }, on: { on: { [off]: edge('off') } } },
  })
  return toWorld({
    type: 'parallel',
    states: { lamp: region('DARKEN', 'LIGHT'), oven: region('COOL', 'HEAT') },
  })
}

function keysOf(verdict: Verdict): string[] | string {
  return verdict.outcome === 'reachable' ? verdict.path.map(({ key }) => key) : verdict.outcome
}

function plan(
  world: ReturnType<typeof toWorld>,
  from: string[],
  targets: string[],
  banned?: string[],
) {
  const question: PathQuestion = { from, targets, banned: banned && new Set(banned) }
  return createPlanner(world).findPath(question)
}

describe('findPath', () => {
  it('answers with the steps of the cheapest path and what their edges declare', () => {
    const verify = { tries: 3, delay: 50 }
    const world = toWorld({
      initial: 'a',
      states: {
        a: { on: { GO: edge('b', 9), START: edge('c', 2) } },
        c: {
          on: {
            GO: { target: 'b', meta: { task: 'go', cost: 4, with: { n: 1 }, timeout: 7, verify } },
          },
        },
        b: {},
      },
    })
    expect(plan(world, ['a'], ['b'])).toMatchObject({
      outcome: 'reachable',
      cost: 6,
      path: [
        { key: 'a --START--> c', event: 'START', task: 'move', from: 'a', to: 'c', cost: 2 },
        { task: 'go', from: 'c', to: 'b', cost: 4, with: { n: 1 }, timeout: 7, verify },
      ],
    })
  })

  it('finds its way through nested states', () => {
    expect(keysOf(plan(service(), ['stopped'], ['up.drained']))).toEqual([
      'stopped --START--> up.serving',
      'up.serving --DRAIN--> up.drained',
    ])
  })

  it('goes to the nearest of several targets', () => {
    expect(keysOf(plan(service(), ['up.serving'], ['stopped', 'up.drained']))).toEqual([
      'up.serving --DRAIN--> up.drained',
    ])
  })

  it('has nothing to do when a target holds, or when an inner state of it does', () => {
    const nothing = { outcome: 'reachable', path: [], cost: 0 }
    expect(plan(service(), ['up.serving'], ['up.serving'])).toEqual(nothing)
    expect(plan(service(), ['up.serving'], ['stopped', 'up'])).toEqual(nothing)
  })

  it('does not take a target to hold because a state around it is known', () => {
    expect(keysOf(plan(service(), ['up'], ['up.serving']))).toEqual([
      'up.drained --RESUME--> up.serving',
    ])
  })

  it('moves one region of a parallel machine and leaves the others', () => {
    expect(keysOf(plan(rooms(), ['lamp.off', 'oven.on'], ['lamp.on']))).toEqual([
      'lamp.off & oven.on --LIGHT--> lamp.on & oven.on',
    ])
    expect(keysOf(plan(rooms(), ['lamp.off & oven.on'], ['oven.off']))).toEqual([
      'lamp.off & oven.on --COOL--> lamp.off & oven.off',
    ])
  })

  it('breaks ties of cost by fewer steps, then by name', () => {
    const world = toWorld({
      initial: 'a',
      states: {
        a: { on: { Z: edge('far', 0), Y: edge('goal', 2), X: edge('goal', 2) } },
        far: { on: { X: edge('goal', 2) } },
        goal: {},
      },
    })
    expect(keysOf(plan(world, ['a'], ['goal']))).toEqual(['a --X--> goal'])
  })

  it.each([
    ['k', 'm'],
    ['m', 'k'],
  ])('breaks ties by name, whichever of %s and %s is found first', (first, second) => {
    const world = toWorld({
      initial: 'a',
      states: {
        a: { on: { GO: edge(first), HOP: edge(second) } },
        k: { on: { LEFT: edge('left'), ON: edge('goal') } },
        m: { on: { LEFT: edge('right'), ON: edge('goal') } },
        ...{ goal: {}, left: {}, right: {} },
      },
    })
    expect(keysOf(plan(world, ['a'], ['goal'])).at(-1)).toBe('k --ON--> goal')
    expect(keysOf(plan(world, ['a'], ['left', 'right'])).at(-1)).toBe('k --LEFT--> left')
  })

  it('goes round banned edges, and says which were banned when there is no way round', () => {
    const banned = ['a --GO--> b']
    const detour = {
      a: { on: { GO: edge('b'), BY: edge('c') } },
      c: { on: { GO: edge('b') } },
      b: {},
    }
    expect(keysOf(plan(toWorld({ initial: 'a', states: detour }), ['a'], ['b'], banned))).toEqual([
      'a --BY--> c',
      'c --GO--> b',
    ])
    const dead = toWorld({ initial: 'a', states: { a: { on: { GO: edge('b') } }, b: {} } })
    expect(plan(dead, ['a'], ['b'], banned)).toMatchObject({
      outcome: 'unreachable',
      message: 'no path leads from a to b; banned: a --GO--> b',
    })
  })

  it('names the guards that refused when there is no path', () => {
    const world = toWorld(
      {
        initial: 'a',
        states: { a: { on: { GO: edge('b', 1, { guard: 'isWarm' }) } }, b: {}, c: {} },
      },
      { guards: { isWarm: () => false } },
    )
    expect(plan(world, ['a'], ['b'])).toEqual({
      outcome: 'unreachable',
      refused: [{ from: 'a', event: 'GO', guard: 'isWarm', reason: 'its guard answered false' }],
      message:
        'no path leads from a to b; GO in a is refused (guard isWarm): its guard answered false',
    })
    expect(plan(world, ['c'], ['b'])).toMatchObject({ outcome: 'unreachable', refused: [] })
  })

  it('says so when it is asked for states that do not exist or exclude each other', () => {
    const message = (verdict: Verdict) => verdict.outcome === 'unreachable' && verdict.message
    expect(message(plan(service(), ['stopped'], ['nowhere']))).toMatch(/no state "nowhere"/)
    expect(message(plan(service(), ['nowhere'], ['stopped']))).toMatch(/no state "nowhere"/)
    expect(message(plan(service(), [], ['stopped']))).toMatch(/no state of the world is known/)
    expect(message(plan(service(), ['stopped', 'up'], ['up.drained']))).toBe(
      'stopped and up cannot be active at once',
    )
  })

  it('gives a verdict of budget only when the unexplored part could matter', () => {
    const planner = createPlanner(chain(100), { vertexBudget: 10 })
    expect(planner.findPath({ from: ['s0'], targets: ['s5'] })).toMatchObject({ cost: 5 })
    expect(planner.findPath({ from: ['s0'], targets: ['s50'] }).outcome).toBe('budget')
    expect(planner.findPath({ from: ['s80'], targets: ['s90'] }).outcome).toBe('budget')
  })

  it('gives the same answer to the same question, and another to another ban', () => {
    const planner = createPlanner(service())
    const question = { from: ['stopped'], targets: ['up.drained'] }
    const first = planner.findPath(question)
    expect(planner.findPath({ ...question, banned: new Set() })).toBe(first)
    const banned = new Set(['stopped --START--> up.serving'])
    expect(planner.findPath({ ...question, banned }).outcome).toBe('unreachable')
  })

  it('answers over a thousand states, forth and back and with a detour', () => {
    const planner = createPlanner(chain(1000))
    const forth = planner.findPath({ from: ['s0'], targets: ['s999'] })
    expect(forth).toMatchObject({ outcome: 'reachable', cost: 999 })
    expect(keysOf(forth)).toHaveLength(999)
    expect(planner.findPath({ from: ['s999'], targets: ['s500', 's0'] })).toMatchObject({
      cost: 499,
    })
    const banned = new Set(['s500 --NEXT--> s501'])
    expect(planner.findPath({ from: ['s0'], targets: ['s999'], banned })).toMatchObject({
      outcome: 'unreachable',
    })
  })
})

function chain(length: number) {
  const states = Array.from({ length }, (_, i) => {
    const next = i + 1 < length ? { NEXT: edge(`s${i + 1}`) } : {}
    const back = i > 0 ? { BACK: edge(`s${i - 1}`) } : {}
    return [`s${i}`, { on: { ...next, ...back } }] as const
  })
  return toWorld({ initial: 's0', states: Object.fromEntries(states) })
}
