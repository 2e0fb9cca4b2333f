import { expect, test } from 'vitest'
import type { Tasklet } from '../../core/tasklet.ts'
import type { Store } from '../../ports/store.ts'
import type { ClaimRequest } from '../../ports/store-messages.ts'
import { type MakeStore, openNew } from './open.ts'
import { claimOf, claimOne, idsOf, LEASE, NOW, newTasklets, settlementOf } from './records.ts'

const LAST = claimOf({ lastDelivery: 2 })

export function lastDeliveryContract(makeStore: MakeStore): void {
  test('one claim starts a single one of those on their last delivery, and all others', async () => {
    const store = await openNew(makeStore)
    const [first, second, third] = await loseAll(store, newTasklets(3), 2)
    const fresh = newTasklets(2)
    await store.insert(fresh)
    const claimed = await store.claim(LAST)
    expect(idsOf(claimed)).toEqual([first, ...idsOf(fresh)])
    expect((await store.order('main')).ids).toEqual([second, third])
  })

  test('while one runs no other is started, in whatever queue and by whomever', async () => {
    const store = await openNew(makeStore)
    const given = [...newTasklets(2), ...newTasklets(1, { queue: 'event' })]
    const [first, second, third] = await loseAll(store, given, 2)
    const running = await claimOne(store, { lastDelivery: 2 })
    expect(running.id).toBe(first)
    expect(await store.claim({ ...LAST, owner: 'other' })).toEqual([])
    expect(await store.claim({ ...LAST, queue: 'event' })).toEqual([])
    await store.settle([settlementOf(running)])
    const next = await store.claim({ ...LAST, queue: 'event' })
    expect(idsOf(next)).toEqual([third])
    expect(await store.claim(LAST)).toEqual([])
    await store.rescue({ now: NOW + LEASE, deadOwners: [], maxDeliveries: 3 })
    expect(await store.get(third)).toMatchObject({ status: 'failed', error: { kind: 'poison' } })
    expect(idsOf(await store.claim(LAST))).toEqual([second])
  })

  test('what has lost fewer deliveries is not held back', async () => {
    const store = await openNew(makeStore)
    const ids = await loseAll(store, newTasklets(3), 1)
    expect(idsOf(await store.claim(LAST))).toEqual(ids)
  })

  test('a settlement ends the count of those that were lost', async () => {
    const store = await openNew(makeStore)
    const ids = await loseAll(store, newTasklets(3), 2)
    const claimed = await store.claim(claimOf())
    await store.settle(claimed.map((one) => settlementOf(one, { status: 'pending' })))
    expect(idsOf(await store.claim(LAST))).toEqual(ids)
  })

  test('they run side by side where no last delivery is given, and where none was lost', async () => {
    const store = await openNew(makeStore)
    const ids = await loseAll(store, newTasklets(2), 2)
    expect(idsOf(await store.claim(claimOf()))).toEqual(ids)
    const fresh = newTasklets(2)
    await store.insert(fresh)
    expect(idsOf(await store.claim({ ...LAST, lastDelivery: 0 }))).toEqual(idsOf(fresh))
  })

  test('what is passed over takes no part in limits, and keeps its place', async () => {
    const store = await openNew(makeStore)
    const [first, second, third] = await loseAll(store, newTasklets(3), 2)
    const fresh = newTasklets(2)
    await store.insert(fresh)
    const limits: Partial<ClaimRequest> = { taskLimits: { 'plan/task': 2 } }
    const request = { ...LAST, ...limits }
    const candidates = await store.candidates(request)
    expect(idsOf(candidates)).toEqual([first, ...idsOf(fresh).slice(0, 1)])
    expect(idsOf(await store.candidates(request))).toEqual(idsOf(candidates))
    expect(idsOf(await store.claim(request))).toEqual(idsOf(candidates))
    expect(idsOf(await store.claim(claimOf()))).toEqual([second, third, ...idsOf(fresh).slice(1)])
  })

  test('a claim with room for one looks past those that it may not start', async () => {
    const store = await openNew(makeStore)
    const [first] = await loseAll(store, newTasklets(4), 2)
    const [fresh] = newTasklets(1)
    if (fresh === undefined) throw new Error('one was made')
    await store.insert([fresh])
    expect((await claimOne(store, { lastDelivery: 2 })).id).toBe(first)
    expect((await claimOne(store, { lastDelivery: 2 })).id).toBe(fresh.id)
  })
}

/** Stores them and has each lose so many deliveries; their ids. */
async function loseAll(store: Store, tasklets: readonly Tasklet[], times: number) {
  await store.insert(tasklets)
  for (let time = 0; time < times; time += 1) {
    for (const queue of new Set(tasklets.map((one) => one.queue))) {
      await store.claim(claimOf({ queue }))
    }
    await store.rescue({ now: NOW, deadOwners: ['owner'], maxDeliveries: 99 })
  }
  return idsOf(tasklets) as [string, string, string]
}
