import { expect, test } from 'vitest'
import { addHistograms } from '../../core/histogram.ts'
import type { SweepRequest } from '../../ports/store-messages.ts'
import { type MakeStore, openNew } from './open.ts'
import {
  behind,
  claimOf,
  claimOne,
  idsOf,
  LEASE,
  NOW,
  newTasklet,
  newTasklets,
  settlementOf,
  settleNext,
  startNew,
  statusOf,
  total,
} from './records.ts'

const MINUTE = 60_000
const SWEEP: SweepRequest = { settledBefore: 0, failedBefore: 0, keep: 100, limit: 100 }

export function upkeepContract(makeStore: MakeStore): void {
  test('what was not started in time is passed over and then fails as expired', async () => {
    const store = await openNew(makeStore)
    const expiresAt = NOW + 10
    const running = await startNew(store, { expiresAt })
    const retrying = await startNew(store, { expiresAt })
    await store.settle([settlementOf(retrying, { status: 'retrying', notBefore: NOW + 99 })])
    const pending = newTasklet({ expiresAt })
    const waiting = [
      pending,
      newTasklet({ expiresAt, status: 'scheduled', notBefore: NOW + 5 }),
      behind(running, { expiresAt }),
    ]
    await store.insert([...waiting, newTasklet()])
    expect(await store.nextDue()).toBe(NOW + 5)
    expect((await store.candidates(claimOf({ now: NOW + 9 })))[0]?.id).toBe(pending.id)
    expect(await store.claim(claimOf({ now: expiresAt }))).toHaveLength(1)
    expect((await store.order('main')).ids).toEqual([pending.id])
    const { queues, changed } = await store.advance(expiresAt)
    expect(queues).toEqual([])
    expect(idsOf(changed).toSorted()).toEqual([retrying.id, ...idsOf(waiting)].toSorted())
    for (const one of changed) {
      expect(one).toMatchObject({ status: 'failed', error: { kind: 'expired' } })
      expect(one.settledAt).toBe(expiresAt)
      expect(one).toEqual(await store.get(one.id))
    }
    expect(await statusOf(store, running.id)).toEqual(['running'])
    expect(await store.nextDue()).toBe(NOW + LEASE)
  })

  test('an expiry is due like any other time', async () => {
    const store = await openNew(makeStore)
    await store.insert([newTasklet({ expiresAt: NOW + 7 })])
    expect(await store.nextDue()).toBe(NOW + 7)
    expect(await store.advance(NOW + 6)).toEqual({ queues: [], changed: [] })
    await claimOne(store)
    expect(await store.nextDue()).toBe(NOW + LEASE)
  })

  test('every failed attempt is kept, oldest first', async () => {
    const store = await openNew(makeStore)
    const error = (message: string) => ({ kind: 'error', message }) as const
    const retry = { status: 'retrying', notBefore: NOW } as const
    const first = await startNew(store)
    await store.settle([settlementOf(first, { ...retry, attempts: 1, error: error('one') })])
    await store.advance(NOW)
    await settleNext(store, { status: 'pending', error: error('no attempt') })
    await settleNext(store, { status: 'failed', attempts: 2, error: error('two'), at: NOW + 9 })
    expect((await store.get(first.id))?.failures).toEqual([
      { attempt: 1, at: NOW + 1000, error: error('one') },
      { attempt: 2, at: NOW + 9, error: error('two') },
    ])
  })

  test('the tallies say what happened, by queue and minute', async () => {
    const store = await openNew(makeStore)
    const start = Math.floor(NOW / MINUTE) * MINUTE
    const at = { createdAt: start, updatedAt: start }
    await store.insert([...newTasklets(4, at), newTasklet({ ...at, queue: 'event' })])
    const claimed = await store.claim(claimOf({ now: start + 100, leaseUntil: start + LEASE }))
    const [one, two, three] = claimed
    if (!one || !two || !three) throw new Error('four were inserted')
    await store.settle([
      settlementOf(one, { at: start + 300 }),
      settlementOf(two, { at: start + 300, status: 'failed' }),
      settlementOf(three, { at: start + MINUTE, status: 'retrying', notBefore: start + MINUTE }),
    ])
    await store.rescue({ now: start + LEASE, deadOwners: [], maxDeliveries: 9 })
    await store.cancel(three.id, { kind: 'cancelled', message: 'no' }, start + MINUTE)
    const [event, main, later] = await store.tallies(start)
    const none = { completed: 0, failed: 0, cancelled: 0, retried: 0, leasesExpired: 0 }
    const idle = { ...none, waits: [], runs: [] }
    expect(event).toEqual({ queue: 'event', minute: start, submitted: 1, ...idle })
    const counts = { ...none, completed: 1, failed: 1, leasesExpired: 1 }
    expect(main).toMatchObject({ queue: 'main', minute: start, submitted: 4, ...counts })
    expect(countOf(main?.waits)).toBe(4)
    expect(countOf(main?.runs)).toBe(2)
    const next = { ...none, retried: 1, cancelled: 1 }
    expect(later).toMatchObject({ queue: 'main', minute: start + MINUTE, submitted: 0, ...next })
    expect(await store.tallies(start + MINUTE)).toEqual([later])
  })

  test('only final records are removed, and their keys are free again', async () => {
    const store = await openNew(makeStore)
    const done = await startNew(store, { idempotencyKey: 'key' })
    await store.settle([settlementOf(done, { output: 1 })])
    const [pending] = await store.insert([newTasklet()])
    const ids = [done.id, done.id, pending?.tasklet.id ?? '', 'unheard-of']
    expect(await store.remove(ids)).toBe(1)
    expect(await store.get(done.id)).toBeUndefined()
    expect(idsOf((await store.list({ limit: 9 })).items)).toEqual([pending?.tasklet.id])
    expect(await total(store)).toBe(1)
    const [again] = await store.insert([newTasklet({ idempotencyKey: 'key' })])
    expect(again?.created).toBe(true)
    expect(again?.tasklet.sequence).toBeGreaterThan(pending?.tasklet.sequence ?? Infinity)
  })

  test('a sweep takes final records by age, and dead letters by their own', async () => {
    const store = await openNew(makeStore)
    const ids = idsOf(await store.insert(newTasklets(5)).then((all) => all.map((o) => o.tasklet)))
    const claimed = await store.claim(claimOf({ limit: 4 }))
    const statuses = ['completed', 'cancelled', 'failed', 'completed'] as const
    await store.settle(
      claimed.map((one, index) =>
        settlementOf(one, { status: statuses[index] ?? 'completed', at: NOW + index }),
      ),
    )
    expect(await store.sweep(SWEEP)).toBe(0)
    expect(await store.sweep({ ...SWEEP, settledBefore: NOW + 3 })).toBe(2)
    expect(idsOf(await store.getMany(ids))).toEqual(ids.slice(2))
    expect(await store.sweep({ ...SWEEP, failedBefore: NOW + 3 })).toBe(1)
    expect(await statusOf(store, ...ids)).toEqual(['completed', 'pending'])
  })

  test('a sweep keeps the newest, takes the oldest first, and no more than its limit', async () => {
    const store = await openNew(makeStore)
    await store.insert(newTasklets(6))
    const claimed = await store.claim(claimOf())
    const at = [5, 3, 1, 2, 4, 0].map((offset) => NOW + offset)
    await store.settle(claimed.map((one, index) => settlementOf(one, { at: at[index] ?? NOW })))
    expect(await store.sweep({ ...SWEEP, keep: 2, limit: 3 })).toBe(3)
    const left = async () =>
      (await store.list({ limit: 9 })).items.map(({ settledAt }) => settledAt)
    expect((await left()).toSorted()).toEqual([NOW + 3, NOW + 4, NOW + 5])
    expect(await store.sweep({ ...SWEEP, keep: 2, limit: 3 })).toBe(1)
    expect((await left()).toSorted()).toEqual([NOW + 4, NOW + 5])
  })

  test('a sweep leaves what a waiting tasklet depends on', async () => {
    const store = await openNew(makeStore)
    const done = await startNew(store)
    await store.settle([settlementOf(done)])
    const [dependent] = await store.insert([behind(done)])
    const all = { ...SWEEP, settledBefore: NOW + MINUTE }
    expect(await store.sweep(all)).toBe(0)
    await settleNext(store)
    expect(await store.sweep(all)).toBe(2)
    expect(await statusOf(store, done.id, dependent?.tasklet.id ?? '')).toEqual([])
  })

  test('records are found by the words of input, error and tags', async () => {
    const store = await openNew(makeStore)
    const error = { kind: 'error', message: 'Connection refused' } as const
    const failed = await startNew(store, { input: { host: 'Köln-7' }, tags: ['night run'] })
    await store.settle([settlementOf(failed, { status: 'failed', error })])
    await store.insert([newTasklet({ input: 'the connection stood', group: 'x' })])
    const found = async (text: string) => (await store.list({ limit: 9, text })).items.length
    const texts = ['connection', 'REFUSED connection', 'koln', 'köln-7', 'night', 'conn*', 'host 7']
    expect(await Promise.all(texts.map(found))).toEqual([2, 1, 1, 1, 1, 2, 1])
    const none = ['conn', 'connection refuse', 'unheard', '" OR "', 'night* stood']
    expect(await Promise.all(none.map(found))).toEqual([0, 0, 0, 0, 0])
    expect((await store.list({ limit: 9, group: 'x', text: 'stood' })).items).toHaveLength(1)
    expect((await store.list({ limit: 9, group: 'y' })).items).toEqual([])
  })

  test('many records are read at once, in the order of their ids', async () => {
    const store = await openNew(makeStore)
    const given = newTasklets(3, { input: { n: 1 } })
    await store.insert(given)
    const [one = '', two = '', three = ''] = idsOf(given)
    const found = await store.getMany([three, 'unheard-of', one, two])
    expect(idsOf(found)).toEqual([three, one, two])
    expect(found[0]).toEqual(await store.get(three))
    expect(await store.getMany([])).toEqual([])
  })
}

function countOf(histogram: readonly number[] | undefined): number {
  return addHistograms([histogram ?? []]).reduce((sum, count) => sum + count, 0)
}
