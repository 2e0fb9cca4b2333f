import { expect, test } from 'vitest'
import type { Tasklet } from '../../core/tasklet.ts'
import type { Hold, HoldRequest } from '../../ports/holds.ts'
import type { Store } from '../../ports/store.ts'
import { type MakeStore, openNew } from './open.ts'
import {
  claimOne,
  idsOf,
  LEASE,
  leaseOf,
  NOW,
  newTasklet,
  settlementOf,
  startNew,
  tokenOf,
} from './records.ts'

const WARM = { plan: 'plan', shape: 'kiln', requires: ['warm'], alone: false }

export function holdContract(makeStore: MakeStore): void {
  test('what is held says who holds it, and until when', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    const world = { ...WARM, alone: true }
    const hold = {
      ...leaseOf(started),
      owner: 'owner',
      until: NOW + LEASE,
      units: [{ pool: 'gpu', units: 2 }],
      world: { plan: 'plan', shape: 'kiln', states: undefined },
    }
    expect(await store.hold({ ...unitsOf(started, 2, 3), world })).toStrictEqual({
      held: true,
      hold,
    })
    expect(await store.holds()).toStrictEqual([hold])
    await store.renew([leaseOf(started)], NOW + 2 * LEASE)
    expect(await store.holds()).toStrictEqual([{ ...hold, until: NOW + 2 * LEASE }])
  })

  test('units are given up to the capacity, and who has the others is told', async () => {
    const store = await openNew(makeStore)
    const [one, two, three] = [await startNew(store), await startNew(store), await startNew(store)]
    expect(await store.hold(unitsOf(one, 2, 3))).toMatchObject({ held: true })
    expect(await store.hold(unitsOf(two, 2, 3))).toMatchObject({
      held: false,
      holders: [{ id: one.id, units: [{ pool: 'gpu', units: 2 }] }],
    })
    expect(await store.hold(unitsOf(three, 1, 3))).toMatchObject({ held: true })
    const refused = await store.hold(unitsOf(two, 1, 3))
    expect(refused).toMatchObject({ held: false, holders: [{ id: one.id }, { id: three.id }] })
    expect(await store.hold(unitsOf(two, 3, 3, 'disk'))).toMatchObject({ held: true })
    expect(holdersOf(await store.holds())).toEqual(idsOf([one, two, three]))
  })

  test('of several needs one that is refused takes nothing', async () => {
    const store = await openNew(makeStore)
    const [one, two] = [await startNew(store), await startNew(store)]
    await store.hold({ lease: leaseOf(one), units: [], world: { ...WARM, alone: true } })
    expect(await store.hold({ ...unitsOf(two, 1, 9), world: WARM })).toMatchObject({ held: false })
    expect(holdersOf(await store.holds())).toEqual([one.id])
  })

  test('units are free when their tasklet is settled, however it ends', async () => {
    const store = await openNew(makeStore)
    const endings = [
      { status: 'completed' },
      { status: 'pending' },
      { status: 'retrying', notBefore: NOW + 9 },
      { status: 'scheduled', notBefore: NOW + 9 },
    ] as const
    for (const ending of endings) {
      const started = await startNew(store, { priority: 0 })
      expect(await store.hold(unitsOf(started, 1, 1))).toMatchObject({ held: true })
      await store.settle([settlementOf(started, ending)])
      expect(await store.holds()).toEqual([])
    }
  })

  test('units are free when their tasklet is rescued, and its new lease has none of them', async () => {
    const store = await openNew(makeStore)
    const lost = await startNew(store)
    await store.hold(unitsOf(lost, 1, 1))
    await store.rescue({ now: NOW + LEASE, deadOwners: [], maxDeliveries: 3 })
    // Nobody has looked in between, so the dead hold may still be kept.
    const again = await claimOne(store, { owner: 'other' })
    expect(await store.holds()).toEqual([])
    expect(await revise(store, again, { units: 1 })).toBe(false)
    const other = await startNew(store)
    expect(await store.hold(unitsOf(other, 1, 1))).toMatchObject({ held: true })
    expect(await store.hold(unitsOf(again, 1, 1))).toMatchObject({ holders: [{ id: other.id }] })
  })

  test('a lease stands past its end, and so does what is held under it', async () => {
    const store = await openNew(makeStore)
    const late = await startNew(store)
    await store.hold(unitsOf(late, 1, 1))
    const other = await startNew(store, {})
    const refused = await store.hold(unitsOf(other, 1, 1))
    expect(refused).toMatchObject({ holders: [{ id: late.id, until: NOW + LEASE }] })
  })

  test('without the lease nothing is held, and nobody is in the way', async () => {
    const store = await openNew(makeStore)
    const lost = await startNew(store)
    await store.rescue({ now: NOW + LEASE, deadOwners: [], maxDeliveries: 3 })
    const refused = { held: false, holders: [] }
    expect(await store.hold(unitsOf(lost, 1, 1))).toStrictEqual(refused)
    await claimOne(store)
    expect(await store.hold(unitsOf(lost, 1, 1))).toStrictEqual(refused)
    const unknown = { lease: { id: 'unheard-of', token: 1 }, units: [] }
    expect(await store.hold(unknown)).toStrictEqual(refused)
    expect(await store.holds()).toEqual([])
  })

  test('a second call takes the place of the first, unless it is refused', async () => {
    const store = await openNew(makeStore)
    const [one, two] = [await startNew(store), await startNew(store)]
    await store.hold(unitsOf(one, 2, 2))
    expect(await store.hold(unitsOf(one, 1, 2))).toMatchObject({ held: true })
    expect(await store.hold(unitsOf(two, 1, 2))).toMatchObject({ held: true })
    expect(await store.hold(unitsOf(one, 2, 2))).toMatchObject({ holders: [{ id: two.id }] })
    expect(await store.holds()).toMatchObject([
      { id: one.id, units: [{ pool: 'gpu', units: 1 }] },
      { id: two.id },
    ])
    expect(await store.hold(unitsOf(one, 1, 1, 'disk'))).toMatchObject({ held: true })
    expect(await store.hold(unitsOf(two, 2, 2))).toMatchObject({ held: true })
  })

  test('nobody joins a world before it is verified, or one that is elsewhere', async () => {
    const store = await openNew(makeStore)
    const [first, second] = [await startNew(store), await startNew(store)]
    expect(await enter(store, first, {})).toMatchObject({ held: true })
    expect(await enter(store, second, {})).toMatchObject({ holders: [{ id: first.id }] })
    expect(await revise(store, first, { states: ['cold'] })).toBe(true)
    expect(await enter(store, second, {})).toMatchObject({ holders: [{ id: first.id }] })
    expect(await enter(store, second, { plan: 'other' })).toMatchObject({ held: true })
  })

  test('who requires what was verified joins, and then has those states', async () => {
    const store = await openNew(makeStore)
    const [first, second, third] = [
      await startNew(store),
      await startNew(store),
      await startNew(store),
    ]
    await enter(store, first, {})
    await revise(store, first, { states: ['warm.low', 'shut'] })
    const world = { plan: 'plan', shape: 'kiln', states: ['warm.low', 'shut'] }
    expect(await enter(store, second, {})).toMatchObject({ held: true, hold: { world } })
    await store.settle([settlementOf(first)])
    expect(await enter(store, third, { requires: ['shut'] })).toMatchObject({ hold: { world } })
    expect(holdersOf(await store.holds())).toEqual(idsOf([second, third]))
  })

  test.for<[string, Partial<typeof WARM>]>([
    ['wants it alone', { alone: true }],
    ['has another shape', { shape: 'oven' }],
    ['requires nothing of it', { requires: [] }],
  ])('nobody joins a verified world who %s', async ([, wish]) => {
    const store = await openNew(makeStore)
    const [first, second] = [await startNew(store), await startNew(store)]
    await enter(store, first, {})
    await revise(store, first, { states: ['warm'] })
    expect(await enter(store, second, wish)).toMatchObject({ holders: [{ id: first.id }] })
    await store.settle([settlementOf(first)])
    expect(await enter(store, second, wish)).toMatchObject({ held: true })
  })

  test('nobody joins when one of the holders has taken its word back', async () => {
    const store = await openNew(makeStore)
    const [first, second, third] = [
      await startNew(store),
      await startNew(store),
      await startNew(store),
    ]
    await enter(store, first, {})
    await revise(store, first, { states: ['warm'] })
    await enter(store, second, {})
    expect(await revise(store, second, {})).toBe(true)
    expect(await enter(store, third, {})).toMatchObject({ held: false })
    const worlds = (await store.holds()).map(({ world }) => world?.states)
    expect(worlds).toEqual([['warm'], undefined])
  })

  test('units are given back one by one, never more than are held', async () => {
    const store = await openNew(makeStore)
    const [one, two] = [await startNew(store), await startNew(store)]
    await store.hold(unitsOf(one, 3, 3))
    expect(await revise(store, one, { units: 2 })).toBe(true)
    expect(await store.hold(unitsOf(two, 1, 3))).toMatchObject({ held: true })
    await expect(revise(store, one, { units: 3 })).rejects.toMatchObject({ code: 'invalid_input' })
    const units = [{ pool: 'disk', units: 1 }]
    await expect(
      store.revise({ lease: leaseOf(one), units, states: undefined }),
    ).rejects.toMatchObject({ code: 'invalid_input' })
    expect(await store.holds()).toMatchObject([{ units: [{ units: 2 }] }, { id: two.id }])
  })

  test('who has given back everything holds nothing', async () => {
    const store = await openNew(makeStore)
    const [one, two] = [await startNew(store), await startNew(store)]
    await store.hold(unitsOf(one, 1, 1))
    expect(await revise(store, one, {})).toBe(true)
    expect(await store.holds()).toEqual([])
    expect(await revise(store, one, {})).toBe(false)
    await store.hold(unitsOf(two, 1, 1))
    expect(await store.hold({ lease: leaseOf(two), units: [] })).toMatchObject({ held: true })
    expect(await store.holds()).toEqual([])
  })

  test('nothing is revised under another token', async () => {
    const store = await openNew(makeStore)
    const lost = await startNew(store)
    await store.hold(unitsOf(lost, 1, 1))
    const stale = { id: lost.id, token: tokenOf(lost) + 1 }
    expect(await store.revise({ lease: stale, units: [], states: undefined })).toBe(false)
    expect(await store.holds()).toHaveLength(1)
    await store.settle([settlementOf(lost, { status: 'pending' })])
    const again = await claimOne(store)
    await store.hold(unitsOf(again, 1, 1))
    expect(await revise(store, lost, {})).toBe(false)
    expect(await store.holds()).toMatchObject([leaseOf(again)])
  })

  test.for([0, -1, 1.5, Number.NaN, 4])('%d units of 3 are refused', async (units) => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    const refused = { code: 'invalid_input' }
    await expect(store.hold(unitsOf(started, units, 3))).rejects.toMatchObject(refused)
    expect(await store.holds()).toEqual([])
  })

  test('holds at the same time never exceed the capacity', async () => {
    const store = await openNew(makeStore)
    const given = Array.from({ length: 9 }, () => newTasklet())
    await store.insert(given)
    const running = await Promise.all(given.map(() => claimOne(store)))
    const outcomes = await Promise.all(running.map((one) => store.hold(unitsOf(one, 2, 7))))
    expect(outcomes.filter(({ held }) => held)).toHaveLength(3)
    expect(await store.holds()).toHaveLength(3)
  })

  test('pools are known by their key, whatever it says', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    const pools = ['', 'x'.repeat(2000), "it's “ÜÑÎ” \u{1f525}", 'GPU', 'gpu', 'gpu ']
    const units = pools.map((pool, index) => ({ pool, units: index + 1, capacity: 99 }))
    await store.hold({ lease: leaseOf(started), units })
    const [hold] = await store.holds()
    const held = units.map(({ pool, units: count }) => ({ pool, units: count }))
    expect(hold?.units).toHaveLength(held.length)
    expect(hold?.units).toEqual(expect.arrayContaining(held))
  })

  test('a new record never holds what one held that was removed before it', async () => {
    const store = await openNew(makeStore)
    const last = await startNew(store)
    await store.hold(unitsOf(last, 1, 1))
    await store.settle([settlementOf(last)])
    await store.remove([last.id])
    await store.close()
    await store.open()
    const next = await startNew(store, { id: last.id })
    expect(await store.holds()).toEqual([])
    expect(await revise(store, next, {})).toBe(false)
  })
}

function unitsOf(tasklet: Tasklet, units: number, capacity: number, pool = 'gpu'): HoldRequest {
  return { lease: leaseOf(tasklet), units: [{ pool, units, capacity }] }
}

function enter(store: Store, tasklet: Tasklet, wish: Partial<typeof WARM>) {
  return store.hold({ lease: leaseOf(tasklet), units: [], world: { ...WARM, ...wish } })
}

interface Left {
  readonly units?: number
  readonly states?: readonly string[]
}

function revise(store: Store, tasklet: Tasklet, { units, states }: Left): Promise<boolean> {
  const kept = units === undefined ? [] : [{ pool: 'gpu', units }]
  return store.revise({ lease: leaseOf(tasklet), units: kept, states })
}

function holdersOf(holds: readonly Hold[]): string[] {
  return holds.map(({ id }) => id)
}
