import { expect, test } from 'vitest'
import { NEVER } from '../../core/duration.ts'
import type { Settlement, Tasklet } from '../../core/tasklet.ts'
import type { Store } from '../../ports/store.ts'
import { type MakeStore, openNew } from './open.ts'
import {
  claimOf,
  claimOne,
  idsOf,
  LEASE,
  NOW,
  newTasklet,
  settlementOf,
  startNew,
} from './records.ts'

const ERROR = { kind: 'cancelled', message: 'enough' } as const

export function passivationContract(makeStore: MakeStore): void {
  test('a passivated tasklet waits for its time without lease, attempt or end', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    const [outcome] = await passivate(store, started, { notBefore: NOW + 5000 })
    const expected = {
      ...started,
      status: 'scheduled',
      notBefore: NOW + 5000,
      actualDuration: 900.5,
      lease: undefined,
      updatedAt: NOW + 1000,
    }
    expect(outcome).toEqual({ accepted: true, tasklet: expected, changed: [] })
    expect(await store.get(started.id)).toEqual(expected)
    expect(await store.counts()).toMatchObject({ running: 0, scheduled: 1 })
    expect(await store.claim(claimOf({ now: NOW + 4999 }))).toEqual([])
    expect((await store.advance(NOW + 5000)).queues).toEqual(['main'])
    expect(await claimOne(store)).toMatchObject({ id: started.id, deliveries: 2, attempts: 0 })
  })

  test('a woken tasklet is pending at once, and has no time to wait for any more', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    await passivate(store, started)
    const woken = await store.wake([started.id], NOW + 2000)
    expect(woken).toMatchObject([
      { id: started.id, status: 'pending', notBefore: undefined, updatedAt: NOW + 2000 },
    ])
    expect(await store.get(started.id)).toEqual(woken[0])
    expect(await store.counts()).toMatchObject({ pending: 1, scheduled: 0 })
    expect(idsOf(await store.claim(claimOf()))).toEqual([started.id])
  })

  test('waking leaves alone what does not sleep, and what does not exist', async () => {
    const store = await openNew(makeStore)
    const done = await startNew(store)
    await store.settle([settlementOf(done)])
    const retrying = await startNew(store)
    await store.settle([settlementOf(retrying, { status: 'retrying', notBefore: NOW + 9 })])
    const running = await startNew(store)
    const pending = newTasklet()
    const sleeping = newTasklet({ status: 'scheduled', notBefore: NOW + 9 })
    await store.insert([pending, sleeping])
    const ids = [done, retrying, running, pending].map(({ id }) => id)
    const before = await store.getMany(ids)
    expect(await store.wake([...ids, 'unheard-of'], NOW)).toEqual([])
    expect(await store.getMany(ids)).toEqual(before)
    expect(idsOf(await store.wake([...ids, sleeping.id], NOW))).toEqual([sleeping.id])
    expect(await store.wake([], NOW)).toEqual([])
  })

  test('waking a tasklet twice wakes it once', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    await passivate(store, started)
    expect(await store.wake([started.id, started.id], NOW)).toHaveLength(1)
    expect(await store.wake([started.id], NOW)).toEqual([])
  })

  test('what waits for no time is never due', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    await passivate(store, started, { notBefore: NEVER })
    expect(await store.nextDue()).toBeUndefined()
    expect(await store.advance(NOW + 10 * LEASE)).toEqual({ queues: [], changed: [] })
    const later = newTasklet({ status: 'scheduled', notBefore: NOW + 5 })
    await store.insert([later])
    expect(await store.nextDue()).toBe(NOW + 5)
    expect(await store.get(started.id)).toMatchObject({ status: 'scheduled', notBefore: NEVER })
    expect(await store.wake([started.id], NOW)).toHaveLength(1)
  })

  test('a passivated tasklet was started in time and expires no more', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store, { expiresAt: NOW + 2000 })
    await passivate(store, started)
    expect(await store.nextDue()).toBeUndefined()
    expect((await store.advance(NOW + 3000)).changed).toEqual([])
    await store.wake([started.id], NOW + 3000)
    expect((await store.advance(NOW + 3000)).changed).toEqual([])
    const again = await claimOne(store, { now: NOW + 3000 })
    expect(again).toMatchObject({ id: started.id, expiresAt: undefined })
  })

  test('a tasklet that was asked to stop is cancelled instead of passivated', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    await store.cancel(started.id, ERROR, NOW)
    const [outcome] = await passivate(store, started)
    const expected = { status: 'cancelled', error: ERROR, notBefore: undefined }
    expect(outcome).toMatchObject({ accepted: true, tasklet: expected })
    expect(await store.wake([started.id], NOW)).toEqual([])
  })

  test('a passivated tasklet can be cancelled', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    await passivate(store, started)
    expect(await store.cancel(started.id, ERROR, NOW)).toMatchObject({ outcome: 'cancelled' })
    expect(await store.wake([started.id], NOW)).toEqual([])
    expect(await store.get(started.id)).toMatchObject({ status: 'cancelled', error: ERROR })
  })

  test('a passivation is a settlement: lost deliveries before it count no more', async () => {
    const store = await openNew(makeStore)
    await startNew(store)
    const rescue = { now: NOW + LEASE, deadOwners: [], maxDeliveries: 2 }
    await store.rescue(rescue)
    const started = await claimOne(store)
    await passivate(store, started)
    await store.wake([started.id], NOW)
    await claimOne(store)
    expect(await store.rescue(rescue)).toMatchObject([{ status: 'pending' }])
    await claimOne(store)
    expect(await store.rescue(rescue)).toMatchObject([
      { status: 'failed', error: { kind: 'poison' } },
    ])
  })

  test('a passivation is no retry and no end in the tallies', async () => {
    const store = await openNew(makeStore)
    await passivate(store, await startNew(store))
    const none = { completed: 0, failed: 0, cancelled: 0, retried: 0 }
    for (const tally of await store.tallies(NOW)) expect(tally).toMatchObject(none)
  })

  test('steps that were kept before the passivation are there after it', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    const token = started.lease?.token ?? 0
    await store.recordStep({ id: started.id, token }, { name: 'dump', output: 1, at: NOW })
    await passivate(store, started)
    await store.wake([started.id], NOW)
    expect(await store.steps(started.id)).toEqual([{ name: 'dump', output: 1, at: NOW }])
  })

  test('a started tasklet that sleeps is not replaced by a later submission', async () => {
    const store = await openNew(makeStore)
    const unique = { key: 'one', until: undefined, onDuplicate: 'replace' } as const
    const started = await startNew(store, { unique, input: 1 })
    await passivate(store, started)
    const [outcome] = await store.insert([newTasklet({ unique, input: 2 })])
    expect(outcome).toMatchObject({ created: false, reason: 'unique', tasklet: { input: 1 } })
  })
}

function passivate(store: Store, started: Tasklet, changes: Partial<Settlement> = {}) {
  const passivation = { status: 'scheduled', notBefore: NEVER, ...changes } as const
  return store.settle([settlementOf(started, passivation)])
}
