import { describe, expect, it } from 'vitest'
import { assign } from 'xstate'
import type { World } from '../../../src/plan/model.ts'
import { worldGraph } from '../../../src/planning/compile.ts'
import { edgeKey, type Limits } from '../../../src/planning/graph.ts'
import { edge, toWorld } from './world.ts'

function upTo(vertices: number): Limits {
  return { vertices, time: 0, clock: undefined }
}

function edgesOf(world: World, budget = 1000): string[] {
  const graph = worldGraph(world, upTo(budget))
  return [...graph.events.keys()].map((index) => edgeKey(graph, index)).sort()
}

function labelsOf(world: World, budget = 1000): string[] {
  return worldGraph(world, upTo(budget)).configurations.map(({ label }) => label)
}

describe('worldGraph', () => {
  it('takes only declared events with a task as edges', () => {
    const world = toWorld({
      initial: 'a',
      states: {
        a: {
          on: {
            GO: edge('b'),
            LOOK: { target: 'b' },
            '*': edge('b'),
            'go.*': edge('b'),
          },
        },
        b: { type: 'final' },
      },
    })
    expect(edgesOf(world)).toEqual(['a --GO--> b'])
  })

  it('takes neither delays nor the end of a child state as edges', () => {
    const world = toWorld({
      initial: 'a',
      states: {
        a: {
          initial: 'x',
          states: { x: { on: { END: edge('y') } }, y: { type: 'final' } },
          ...{ onDone: edge('b'), after: { 1000: edge('b') } },
        },
        b: {},
      },
    })
    // Entering y ends a, and the machine moves on by itself.
    expect(edgesOf(world)).toEqual(['a.x --END--> b'])
  })

  it('takes no edges out of the end of the machine', () => {
    const world = toWorld({
      initial: 'a',
      states: { a: { on: { END: edge('z') } }, z: { type: 'final' } },
      on: { RESET: edge('.a') },
    })
    expect(edgesOf(world)).toEqual(['a --END--> z'])
  })

  it('leaves out transitions that lead back to the same configuration', () => {
    expect(edgesOf(toWorld({ initial: 'a', states: { a: { on: { STAY: edge('a') } } } }))).toEqual(
      [],
    )
  })

  it('makes vertices of states that the initial one does not lead to', () => {
    const world = toWorld({
      initial: 'a',
      states: { a: {}, c: { on: { GO: edge('b') } }, b: { on: { GO: edge('a') } } },
    })
    expect(labelsOf(world)).toEqual(['a', 'b', 'c'])
    expect(edgesOf(world)).toEqual(['b --GO--> a', 'c --GO--> b'])
  })

  it('makes vertices of all configurations of a parallel machine, also those out of reach', () => {
    const world = toWorld({
      type: 'parallel',
      states: {
        door: { initial: 'shut', states: { shut: {}, open: { on: { SHUT: edge('shut') } } } },
        lamp: { initial: 'off', states: { off: { on: { ON: edge('on') } }, on: {} } },
      },
    })
    expect(labelsOf(world).sort()).toEqual([
      'door.open & lamp.off',
      'door.open & lamp.on',
      'door.shut & lamp.off',
      'door.shut & lamp.on',
    ])
    expect(edgesOf(world)).toContain('door.open & lamp.off --SHUT--> door.shut & lamp.off')
  })

  it('tells snapshots apart by context, and lets their edges share a key', () => {
    const world = toWorld({
      context: { keys: 0 },
      initial: 'shut',
      states: {
        shut: {
          on: {
            TAKE: edge('shut', 1, {
              guard: ({ context }: { context: { keys: number } }) => context.keys < 2,
              actions: assign({ keys: ({ context }) => context.keys + 1 }),
            }),
          },
        },
      },
    })
    expect(labelsOf(world)).toEqual(['shut', 'shut', 'shut'])
    expect(new Set(edgesOf(world))).toEqual(new Set(['shut --TAKE--> shut']))
  })

  it('tells snapshots apart by what a history state would return to', () => {
    const world = toWorld({
      initial: 'on',
      states: {
        on: {
          initial: 'low',
          states: {
            low: { on: { UP: edge('high') } },
            high: {},
            last: { type: 'history' },
          },
          on: { OFF: edge('off') },
        },
        off: { on: { ON: edge('on.last') } },
      },
    })
    expect(edgesOf(world)).toContain('off --ON--> on.high')
    expect(edgesOf(world)).toContain('off --ON--> on.low')
  })

  it('keeps the rest of the graph when a guard or an assignment throws', () => {
    const boom = () => {
      throw new Error('no sensor')
    }
    const world = toWorld(
      {
        initial: 'a',
        context: {},
        states: {
          a: {
            on: {
              GUARDED: edge('b', 1, { guard: 'broken' }),
              ASSIGNED: edge('b', 1, { actions: assign(boom) }),
              GO: edge('b'),
            },
          },
          b: {},
        },
      },
      { guards: { broken: boom } },
    )
    expect(edgesOf(world)).toEqual(['a --GO--> b'])
    const { refusals } = worldGraph(world, upTo(1000))
    expect(refusals).toMatchObject([
      { event: 'GUARDED', guard: 'broken', reason: expect.stringContaining('no sensor') },
      { event: 'ASSIGNED', reason: 'no sensor' },
    ])
  })

  it('refuses an event that two regions answer with a task each', () => {
    const region = () => ({ initial: 'x', states: { x: { on: { GO: edge('y') } }, y: {} } })
    const world = toWorld({ type: 'parallel', states: { a: region(), b: region() } })
    expect(edgesOf(world).filter((key) => key.startsWith('a.x & b.x'))).toEqual([])
    expect(worldGraph(world, upTo(1000)).refusals[0]?.reason).toMatch(/several regions/)
  })

  it('stops at its budget and marks what it left open', () => {
    const world = toWorld({
      context: { count: 0 },
      initial: 'a',
      states: {
        a: {
          on: { MORE: edge('a', 1, { actions: assign({ count: (s) => s.context.count + 1 }) }) },
        },
      },
    })
    const graph = worldGraph(world, upTo(50))
    expect(graph.truncated).toBe('vertices')
    expect([...graph.open].filter((open) => open === 0)).toHaveLength(50)
  })

  it('says why a machine cannot be walked instead of throwing', () => {
    const world = toWorld({
      context: () => {
        throw new Error('no context today')
      },
      initial: 'a',
      states: { a: {} },
    })
    expect(worldGraph(world, upTo(1000))).toMatchObject({ size: 0, fault: 'no context today' })
  })

  it('compiles a world once', () => {
    const world = toWorld({ initial: 'a', states: { a: {} } })
    expect(worldGraph(world, upTo(1000))).toBe(worldGraph(world, upTo(1000)))
  })
})
