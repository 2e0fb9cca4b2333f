import { expect, test } from 'vitest'
import { type MakeStore, openNew } from './open.ts'
import {
  behind,
  claimOf,
  idsOf,
  LEASE,
  NOW,
  newTasklet,
  settlementOf,
  startNew,
  tokenOf,
} from './records.ts'

export function timeContract(makeStore: MakeStore): void {
  test('a scheduled tasklet is pending from its time on and never before', async () => {
    const store = await openNew(makeStore)
    const given = newTasklet({ status: 'scheduled', notBefore: NOW + 10 })
    await store.insert([given])
    expect(await store.advance(NOW + 9)).toEqual({ queues: [], changed: [] })
    expect(await store.claim(claimOf({ now: NOW + 20 }))).toEqual([])
    expect(await store.advance(NOW + 10)).toEqual({ queues: ['main'], changed: [] })
    expect(await store.get(given.id)).toMatchObject({
      status: 'pending',
      notBefore: undefined,
      updatedAt: NOW + 10,
    })
    expect(await store.advance(NOW + 10)).toEqual({ queues: [], changed: [] })
    expect(idsOf(await store.claim(claimOf()))).toEqual([given.id])
  })

  test('a retry is pending again when its backoff has passed', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    const retry = { status: 'retrying', attempts: 1, notBefore: NOW + 10 } as const
    await store.settle([settlementOf(started, retry)])
    expect(await store.advance(NOW + 9)).toEqual({ queues: [], changed: [] })
    expect(await store.advance(NOW + 11)).toEqual({ queues: ['main'], changed: [] })
    expect(await store.claim(claimOf())).toMatchObject([{ id: started.id, attempts: 1 }])
  })

  test('the queues of what became pending are named once each', async () => {
    const store = await openNew(makeStore)
    const later = (queue: string, notBefore: number) =>
      newTasklet({ status: 'scheduled', queue, notBefore })
    await store.insert([
      later('event', NOW + 2),
      later('main', NOW + 1),
      later('late', NOW + 3),
      later('event', NOW),
    ])
    expect((await store.advance(NOW + 2)).queues.toSorted()).toEqual(['event', 'main'])
  })

  test('what waited takes the place that its submission gave it', async () => {
    const store = await openNew(makeStore)
    const given = [
      newTasklet({ status: 'scheduled', notBefore: NOW + 2 }),
      newTasklet({ status: 'scheduled', notBefore: NOW + 1 }),
      newTasklet(),
    ]
    await store.insert(given)
    await store.advance(NOW + 2)
    expect(idsOf(await store.claim(claimOf()))).toEqual(idsOf(given))
  })

  test('the next due time is the earliest start or lease end, and none when nothing waits', async () => {
    const store = await openNew(makeStore)
    expect(await store.nextDue()).toBeUndefined()
    const started = await startNew(store)
    expect(await store.nextDue()).toBe(NOW + LEASE)
    const later = newTasklet({ status: 'scheduled', notBefore: NOW + LEASE + 5 })
    const sooner = newTasklet({ status: 'scheduled', notBefore: NOW + 5 })
    await store.insert([later, sooner, behind(started, { notBefore: NOW })])
    expect(await store.nextDue()).toBe(NOW + 5)
    await store.cancel(sooner.id, { kind: 'cancelled', message: 'no' }, NOW)
    expect(await store.nextDue()).toBe(NOW + LEASE)
    await store.renew([{ id: started.id, token: tokenOf(started) }], NOW + 2 * LEASE)
    expect(await store.nextDue()).toBe(NOW + LEASE + 5)
    await store.advance(NOW + LEASE + 5)
    expect(await store.nextDue()).toBe(NOW + 2 * LEASE)
    await store.settle([settlementOf(started, { status: 'retrying', notBefore: NOW + 7 })])
    expect(await store.nextDue()).toBe(NOW + 7)
    await store.advance(NOW + 7)
    expect(await store.nextDue()).toBeUndefined()
  })
}
