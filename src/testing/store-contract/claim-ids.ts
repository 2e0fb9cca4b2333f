import { expect, test } from 'vitest'
import { type MakeStore, openNew } from './open.ts'
import {
  behind,
  claimOf,
  claimOne,
  idsOf,
  NOW,
  newTasklet,
  newTasklets,
  settlementOf,
  startNew,
  statusOf,
} from './records.ts'

export function claimIdsContract(makeStore: MakeStore): void {
  test('a claim by ids leases only these, in the order of the queue', async () => {
    const store = await openNew(makeStore)
    const [first, second, third, urgent] = [
      newTasklet(),
      newTasklet(),
      newTasklet({ task: 'other' }),
      newTasklet({ priority: 1 }),
    ]
    await store.insert([first, second, third, urgent])
    const request = claimOf({ ids: idsOf([third, urgent, second, urgent]) })
    expect(idsOf(await store.candidates(request))).toEqual(idsOf([urgent, second, third]))
    const claimed = await store.claim(request)
    expect(idsOf(claimed)).toEqual(idsOf([urgent, second, third]))
    expect(claimed).toMatchObject([{ status: 'running', deliveries: 1 }, {}, {}])
    expect(await store.claim(request)).toEqual([])
    expect(idsOf(await store.claim(claimOf()))).toEqual([first.id])
  })

  test('no ids, no tasklets', async () => {
    const store = await openNew(makeStore)
    await store.insert(newTasklets(2))
    expect(await store.claim(claimOf({ ids: [] }))).toEqual([])
    expect(await store.claim(claimOf({ ids: ['unheard-of'] }))).toEqual([])
    expect(await store.counts()).toMatchObject({ pending: 2 })
  })

  test('a claim by ids takes no more than its limit, the first of them', async () => {
    const store = await openNew(makeStore)
    const given = newTasklets(3)
    await store.insert(given)
    const request = claimOf({ ids: idsOf(given.toReversed()), limit: 2 })
    expect(idsOf(await store.claim(request))).toEqual(idsOf(given.slice(0, 2)))
  })

  test('ids that cannot be leased now are passed over', async () => {
    const store = await openNew(makeStore)
    const running = await startNew(store, { queue: 'main' })
    const given = {
      blocked: behind(running),
      later: newTasklet({ status: 'scheduled', notBefore: NOW + 9 }),
      expired: newTasklet({ expiresAt: NOW }),
      elsewhere: newTasklet({ queue: 'side' }),
      unknown: newTasklet({ plan: 'unknown' }),
      skipped: newTasklet({ task: 'skipped' }),
      able: newTasklet({ expiresAt: NOW + 1 }),
    }
    const all = Object.values(given)
    await store.insert(all)
    const ids = [running.id, ...idsOf(all)]
    const claimed = await store.claim(claimOf({ ids, skipTasks: ['plan/skipped'] }))
    expect(idsOf(claimed)).toEqual([given.able.id])
    const only = claimOf({ ids, onlyTasks: ['plan/other'] })
    expect(await store.claim(only)).toEqual([])
  })

  test('a paused queue hands out nothing by ids either', async () => {
    const store = await openNew(makeStore)
    const given = newTasklet()
    await store.insert([given])
    await store.setPaused('main', true)
    expect(await store.claim(claimOf({ ids: [given.id] }))).toEqual([])
    await store.setPaused('main', false)
    expect(await store.claim(claimOf({ ids: [given.id] }))).toHaveLength(1)
  })

  test('limits count what runs, whichever way it was claimed', async () => {
    const store = await openNew(makeStore)
    const grouped = newTasklets(3, { group: 'x' })
    const others = newTasklets(2, { group: 'y' })
    await store.insert([...grouped, ...others])
    const limits = { groupLimits: { 'plan/task': 2 } }
    await claimOne(store, limits)
    const ids = idsOf([...grouped, ...others])
    const claimed = await store.claim(claimOf({ ids, ...limits }))
    expect(idsOf(claimed).sort()).toEqual(idsOf([...grouped.slice(1, 2), ...others]).sort())
    expect(await store.claim(claimOf({ ids, ...limits }))).toEqual([])
    const bound = claimOf({ ids, taskLimits: { 'plan/task': 0 } })
    expect(await store.claim(bound)).toEqual([])
    expect(await store.claim(claimOf({ ids }))).toHaveLength(1)
  })

  test('starts by ids count in the windows of rate limits', async () => {
    const store = await openNew(makeStore)
    const given = newTasklets(4)
    await store.insert(given)
    const rate = { key: 'rate', tasks: ['plan/task'], perGroup: false, count: 2, per: 100 }
    const request = claimOf({ ids: idsOf(given.slice(1)), rateLimits: [rate] })
    expect(idsOf(await store.claim(request))).toEqual(idsOf(given.slice(1, 3)))
    expect(await store.claim(claimOf({ rateLimits: [rate] }))).toEqual([])
    expect(await store.nextStart(request)).toBe(NOW + 100)
    expect(await store.nextStart({ ...request, ids: idsOf(given.slice(1, 3)) })).toBeUndefined()
    expect(await store.claim({ ...request, now: NOW + 100 })).toHaveLength(1)
  })

  test('of tasklets on their last delivery only one runs, also by ids', async () => {
    const store = await openNew(makeStore)
    await store.insert(newTasklets(2))
    await store.claim(claimOf())
    await store.rescue({ now: NOW, deadOwners: ['owner'], maxDeliveries: 9 })
    const ids = idsOf((await store.list({ limit: 9 })).items)
    const request = claimOf({ ids, lastDelivery: 1 })
    const [one, ...others] = await store.claim(request)
    expect(others).toEqual([])
    expect(await store.claim(request)).toEqual([])
    if (one === undefined) throw new Error('one may run')
    await store.settle([settlementOf(one)])
    expect(await store.claim(request)).toHaveLength(1)
  })

  test('groups take turns among the ids that are given', async () => {
    const store = await openNew(makeStore)
    const given = ['x', 'x', 'y'].map((group) => newTasklet({ group }))
    await store.insert([newTasklet({ group: 'y' }), ...given])
    const claimed = await store.claim(claimOf({ ids: idsOf(given) }))
    expect(idsOf(claimed)).toEqual(
      idsOf([given[0], given[2], given[1]].flatMap((one) => one ?? [])),
    )
  })

  test('a group that was served by ids has had its turn', async () => {
    const store = await openNew(makeStore)
    const [first, second, other] = ['x', 'x', 'y'].map((group) => newTasklet({ group }))
    if (!first || !second || !other) throw new Error('there are three')
    await store.insert([first, second, other])
    await store.claim(claimOf({ ids: [first.id] }))
    expect(idsOf(await store.claim(claimOf()))).toEqual(idsOf([other, second]))
  })

  test('what has waited overtakes what is more urgent, also by ids', async () => {
    const store = await openNew(makeStore)
    const old = newTasklet({ priority: 900, updatedAt: NOW - 65 })
    const urgent = newTasklet({ priority: 500 })
    await store.insert([urgent, old])
    const ageing = { every: 10, step: 100, floor: 0 }
    const request = claimOf({ ids: idsOf([urgent, old]), ageing })
    expect(idsOf(await store.claim(request))).toEqual(idsOf([old, urgent]))
  })

  test('one that comes back is claimed by its id again, and in its place without', async () => {
    const store = await openNew(makeStore)
    const given = newTasklets(3)
    await store.insert(given)
    const ids = idsOf(given.slice(1, 2))
    for (const _ of [1, 2]) {
      const [claimed] = await store.claim(claimOf({ ids }))
      if (claimed === undefined) throw new Error('it was pending')
      await store.settle([settlementOf(claimed, { status: 'pending' })])
    }
    expect(await statusOf(store, ...ids)).toEqual(['pending'])
    expect(idsOf(await store.claim(claimOf()))).toEqual(idsOf(given))
  })

  test('claims by the same ids at the same time share them out', async () => {
    const store = await openNew(makeStore)
    const given = newTasklets(10)
    await store.insert(given)
    const ids = idsOf(given)
    const shares = await Promise.all([1, 2, 3].map(() => store.claim(claimOf({ ids, limit: 4 }))))
    const claimed = shares.flatMap((share) => idsOf(share))
    expect(new Set(claimed).size).toBe(claimed.length)
    const rest = await store.claim(claimOf({ ids }))
    expect([...claimed, ...idsOf(rest)].sort()).toEqual(ids.sort())
  })
}
