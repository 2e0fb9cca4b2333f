import { expect, test } from 'vitest'
import type { ClaimRequest, RateLimit } from '../../ports/store-messages.ts'
import { type MakeStore, openNew } from './open.ts'
import { claimOf, claimOne, idsOf, NOW, newTasklet, newTasklets, settlementOf } from './records.ts'

export function selectionContract(makeStore: MakeStore): void {
  test('work that has waited overtakes what is more urgent, never beyond the floor', async () => {
    const store = await openNew(makeStore)
    const old = newTasklet({ priority: 900, updatedAt: NOW - 65 })
    const [high, urgent] = [newTasklet({ priority: 500 }), newTasklet({ priority: 300 })]
    const newer = newTasklet({ priority: 500 })
    await store.insert([high, old, newer, urgent])
    const ageing = { every: 10, step: 100, floor: 400 }
    const aged = await store.candidates(claimOf({ ageing }))
    expect(idsOf(aged)).toEqual(idsOf([urgent, old, high, newer]))
    expect(aged[1]).toMatchObject({ priority: 900 })
    const younger = await store.candidates(claimOf({ ageing, now: NOW - 21 }))
    expect(idsOf(younger)).toEqual(idsOf([urgent, high, old, newer]))
    const plain = await store.candidates(claimOf())
    expect(idsOf(plain)).toEqual(idsOf([urgent, high, newer, old]))
  })

  test('the candidates are what the claim then leases, and asking changes nothing', async () => {
    const store = await openNew(makeStore)
    const groups = ['x', 'y', 'x', undefined, 'z', 'y', 'x']
    const given = groups.map((group, index) =>
      newTasklet({ group, priority: index % 2 === 0 ? 500 : 100 }),
    )
    await store.insert(given)
    const limit = { rateLimits: [{ ...RATE, count: 6 }], groupLimits: { 'plan/task': 2 } }
    const request = claimOf({ ...limit, ageing: { every: 10, step: 100, floor: 0 } })
    const seen = await store.candidates(request)
    expect(await store.candidates(request)).toEqual(seen)
    expect(seen.every(({ status, lease }) => status === 'pending' && lease === undefined)).toBe(
      true,
    )
    expect(seen).toHaveLength(6)
    expect(idsOf(await store.claim(request))).toEqual(idsOf(seen))
  })

  test('a claim for some tasks sees only these', async () => {
    const store = await openNew(makeStore)
    await store.insert(['a', 'b', 'c'].map((task) => newTasklet({ task })))
    const onlyTasks = ['plan/b', 'plan/c', 'other/a']
    const found = await store.claim(claimOf({ onlyTasks, skipTasks: ['plan/c'] }))
    expect(found.map(({ task }) => task)).toEqual(['b'])
    expect(await store.claim(claimOf({ onlyTasks: [] }))).toEqual([])
  })

  test('a bound on a task holds for one claim', async () => {
    const store = await openNew(makeStore)
    const given = [...newTasklets(3), newTasklet({ task: 'other' })]
    await store.insert(given)
    const request = claimOf({ taskLimits: { 'plan/task': 2 } })
    expect(idsOf(await store.claim(request))).toEqual(
      idsOf([...given.slice(0, 2), ...given.slice(3)]),
    )
    expect(idsOf(await store.claim(request))).toEqual(idsOf(given.slice(2, 3)))
  })

  test('groups of one task take turns, over many claims', async () => {
    const store = await openNew(makeStore)
    await store.insert([
      ...newTasklets(4, { group: 'many' }),
      ...newTasklets(2, { group: 'few' }),
      ...newTasklets(2),
    ])
    const groups = (await store.claim(claimOf({ limit: 4 }))).map(({ group }) => group)
    expect(groups).toEqual(['many', 'few', undefined, 'many'])
    await store.insert([newTasklet({ group: 'new' })])
    const rest = (await store.claim(claimOf())).map(({ group }) => group)
    expect(rest).toEqual(['new', 'few', undefined, 'many', 'many'])
  })

  test('a turn never goes before priority', async () => {
    const store = await openNew(makeStore)
    await store.insert([
      ...newTasklets(2, { group: 'x', priority: 100 }),
      newTasklet({ group: 'y', priority: 500 }),
    ])
    const groups = (await store.claim(claimOf())).map(({ group }) => group)
    expect(groups).toEqual(['x', 'x', 'y'])
  })

  test('a group has at most so many running at once, whoever runs them', async () => {
    const store = await openNew(makeStore)
    await store.insert([
      ...newTasklets(3, { group: 'x' }),
      ...newTasklets(2, { group: 'y' }),
      ...newTasklets(2),
      ...newTasklets(2, { group: 'x', task: 'free' }),
      newTasklet({ group: 'x', queue: 'event' }),
    ])
    const request = claimOf({ groupLimits: { 'plan/task': 1 } })
    const first = await store.claim(request)
    expect(first.map(({ task, group }) => `${task} ${group}`).toSorted()).toEqual([
      'free x',
      'free x',
      'task undefined',
      'task x',
      'task y',
    ])
    expect(await store.claim({ ...request, owner: 'other' })).toEqual([])
    expect(await store.claim({ ...request, queue: 'event' })).toEqual([])
    const held = first.find(({ task, group }) => task === 'task' && group === 'x')
    if (held === undefined) throw new Error('one of the group was leased')
    await store.settle([settlementOf(held)])
    expect(await store.claim({ ...request, owner: 'other' })).toMatchObject([{ group: 'x' }])
  })

  test('no window of the rate holds more starts than it may', async () => {
    const store = await openNew(makeStore)
    await store.insert([...newTasklets(6), ...newTasklets(2, { task: 'free' })])
    const starts = async (now: number) =>
      (await store.claim(limited({ now }))).filter(({ task }) => task === 'task').length
    expect(await starts(NOW)).toBe(2)
    expect(await starts(NOW + 999)).toBe(0)
    expect(await store.counts()).toMatchObject({ pending: 4, running: 4 })
    expect(await starts(NOW + 1000)).toBe(2)
    expect(await starts(NOW + 1500)).toBe(0)
    expect(await starts(NOW + 9000)).toBe(2)
  })

  test('a start counts once it is made, even when it is given back', async () => {
    const store = await openNew(makeStore)
    await store.insert(newTasklets(3))
    const one = await claimOne(store, { rateLimits: [RATE] })
    await store.settle([settlementOf(one, { status: 'pending' })])
    expect(await store.claim(limited({ now: NOW + 10 }))).toHaveLength(1)
    expect(await store.claim(limited({ now: NOW + 20 }))).toHaveLength(0)
  })

  test('tasks and queues share the window of a key, groups may each have their own', async () => {
    const store = await openNew(makeStore)
    const both = { ...RATE, tasks: ['plan/a', 'plan/b'] }
    await store.insert([
      ...newTasklets(2, { task: 'a', queue: 'event' }),
      newTasklet({ task: 'b' }),
      ...newTasklets(3, { group: 'x' }),
      ...newTasklets(3, { group: 'y' }),
    ])
    const rateLimits = [both, { ...RATE, key: 'each', perGroup: true }]
    expect(await store.claim(claimOf({ queue: 'event', rateLimits }))).toHaveLength(2)
    const groups = (await store.claim(claimOf({ rateLimits }))).map(({ group }) => group)
    expect(groups).toEqual(['x', 'y', 'x', 'y'])
  })

  test('the next start is when a rate limit lets the first go that nothing else holds', async () => {
    const store = await openNew(makeStore)
    expect(await store.nextStart(limited())).toBeUndefined()
    await store.insert(newTasklets(3))
    expect(await store.nextStart(limited())).toBeUndefined()
    await claimOne(store, { rateLimits: [RATE], now: NOW - 100 })
    await claimOne(store, { rateLimits: [RATE], now: NOW })
    const request = limited({ now: NOW + 50 })
    expect(await store.nextStart(request)).toBe(NOW + 900)
    expect(await store.nextStart(claimOf())).toBeUndefined()
    expect(await store.nextStart({ ...request, skipTasks: ['plan/task'] })).toBeUndefined()
    expect(await store.nextStart({ ...request, groupLimits: { 'plan/task': 2 } })).toBeUndefined()
    expect(await store.claim({ ...request, now: NOW + 899 })).toEqual([])
    expect(await store.claim({ ...request, now: NOW + 900 })).toHaveLength(1)
    expect(await store.nextStart({ ...request, now: NOW + 900 })).toBeUndefined()
  })
}

const RATE: RateLimit = { key: 'rate', tasks: ['plan/task'], perGroup: false, count: 2, per: 1000 }

function limited(changes: Partial<ClaimRequest> = {}): ClaimRequest {
  return claimOf({ rateLimits: [RATE], ...changes })
}
