import { expect, test } from 'vitest'
import type { HeldWorld, Hold, HoldRequest } from '../../../src/ports/holds.ts'
import {
  decideHold,
  isNothing,
  requireHold,
  requireRevision,
  toRevised,
} from '../../../src/stores/holds.ts'

const WARM = { plan: 'plan', shape: 'kiln', states: ['warm.low'] }
const WISH = { plan: 'plan', shape: 'kiln', requires: ['warm'], alone: false }

function holdOf(id: string, changes: Partial<Hold> = {}): Hold {
  return { id, token: 1, owner: 'owner', until: 9, units: [], world: undefined, ...changes }
}

function requestOf(changes: Partial<HoldRequest>): HoldRequest {
  return { lease: { id: 'asks', token: 1 }, units: [], ...changes }
}

function wants(units: number, capacity: number, pool = 'gpu') {
  return requestOf({ units: [{ pool, units, capacity }] })
}

test('units are given up to the capacity of their pool', () => {
  const one = holdOf('one', { units: [{ pool: 'gpu', units: 2 }] })
  const two = holdOf('two', { units: [{ pool: 'disk', units: 9 }] })
  const three = holdOf('three', { units: [{ pool: 'gpu', units: 1 }] })
  const present = [one, two, three]
  const next = { units: [{ pool: 'gpu', units: 1 }], world: undefined }
  expect(decideHold(wants(1, 4), present)).toEqual({ held: true, next })
  expect(decideHold(wants(2, 4), present)).toEqual({ held: false, holders: [one, three] })
  expect(decideHold(wants(9, 9, 'tape'), present)).toMatchObject({ held: true })
})

test('of several pools one that is full refuses all', () => {
  const one = holdOf('one', { units: [{ pool: 'gpu', units: 1 }] })
  const units = ['disk', 'gpu'].map((pool) => ({ pool, units: 1, capacity: 1 }))
  expect(decideHold(requestOf({ units }), [one])).toEqual({ held: false, holders: [one] })
})

test('what the requester holds itself does not count', () => {
  const own = holdOf('asks', { units: [{ pool: 'gpu', units: 4 }], world: WARM })
  const world = { ...WISH, alone: true }
  expect(decideHold({ ...wants(4, 4), world }, [own])).toMatchObject({
    held: true,
    next: { world: { plan: 'plan', shape: 'kiln', states: undefined } },
  })
})

test('a world that nobody holds may be taken, its states not yet verified', () => {
  const other = holdOf('one', { world: { ...WARM, plan: 'other' } })
  const expected = { units: [], world: { plan: 'plan', shape: 'kiln', states: undefined } }
  for (const alone of [true, false]) {
    const world = { ...WISH, alone }
    expect(decideHold(requestOf({ world }), [other])).toEqual({ held: true, next: expected })
  }
})

test('who requires what the holders have verified joins them and has their states', () => {
  const present = [holdOf('one', { world: WARM }), holdOf('two', { world: WARM })]
  expect(decideHold(requestOf({ world: WISH }), present)).toEqual({
    held: true,
    next: { units: [], world: WARM },
  })
})

test.for<[string, Partial<typeof WISH>, Partial<HeldWorld>]>([
  ['it wants the world alone', { alone: true }, {}],
  ['the holder has another shape', {}, { shape: 'oven' }],
  ['the holder has verified nothing', {}, { states: undefined }],
  ['the holder is elsewhere', {}, { states: ['cold'] }],
  ['it requires more than was verified', { requires: ['warm.low.idle'] }, {}],
  ['it requires nothing', { requires: [] }, {}],
])('nobody joins when %s', ([, wish, held]) => {
  const joined = holdOf('one', { world: WARM })
  const holder = holdOf('two', { world: { ...WARM, ...held } })
  const decision = decideHold(requestOf({ world: { ...WISH, ...wish } }), [joined, holder])
  expect(decision).toMatchObject({ held: false, holders: expect.arrayContaining([holder]) })
})

test('who is in the way is named once, in the order in which all stand', () => {
  const both = holdOf('one', { units: [{ pool: 'gpu', units: 1 }], world: WARM })
  const first = holdOf('zero', { world: WARM })
  const request = { ...wants(1, 1), world: { ...WISH, alone: true } }
  expect(decideHold(request, [first, both])).toEqual({ held: false, holders: [first, both] })
})

test.for([
  [0, 1, /an integer/],
  [1.5, 2, /an integer/],
  [Number.NaN, 2, /an integer/],
  [3, 2, /never/],
] as const)('%d units of %d are refused', ([units, capacity, message]) => {
  expect(() => requireHold(wants(units, capacity))).toThrow(message)
})

test('a pool is named once', () => {
  const units = [
    { pool: 'gpu', units: 1, capacity: 9 },
    { pool: 'gpu', units: 1, capacity: 9 },
  ]
  expect(() => requireHold(requestOf({ units }))).toThrow(/"gpu" is named twice/)
  const lease = { id: 'asks', token: 1 }
  expect(() => requireRevision({ lease, units, states: undefined })).toThrow(/named twice/)
})

test('a revision gives back units and says where the world is', () => {
  const lease = { id: 'one', token: 1 }
  const held = {
    units: [
      { pool: 'gpu', units: 3 },
      { pool: 'disk', units: 1 },
    ],
    world: { ...WARM, states: undefined },
  }
  const left = toRevised(held, { lease, units: [{ pool: 'gpu', units: 2 }], states: ['hot'] })
  expect(left).toEqual({
    units: [{ pool: 'gpu', units: 2 }],
    world: { ...WARM, states: ['hot'] },
  })
  const nobodyJoins = toRevised(left, { lease, units: [], states: undefined })
  expect(nobodyJoins).toEqual({ units: [], world: { ...WARM, states: undefined } })
  expect(isNothing(nobodyJoins)).toBe(false)
  const units = [{ pool: 'gpu', units: 4 }]
  expect(() => toRevised(held, { lease, units, states: undefined })).toThrow(/"gpu".*of 3/)
  expect(() =>
    toRevised(left, { lease, units: [{ pool: 'disk', units: 1 }], states: undefined }),
  ).toThrow(/"disk".*of 0/)
})

test('without a world a revision has no states to keep, and may leave nothing', () => {
  const held = { units: [{ pool: 'gpu', units: 3 }], world: undefined }
  const lease = { id: 'one', token: 1 }
  const left = toRevised(held, { lease, units: [], states: ['warm'] })
  expect(left).toEqual({ units: [], world: undefined })
  expect(isNothing(left)).toBe(true)
})
