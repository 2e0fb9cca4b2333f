import { expect, test } from 'vitest'
import { type MakeStore, openNew } from './open.ts'
import {
  claimOf,
  claimOne,
  LEASE,
  NOW,
  newTasklet,
  settlementOf,
  startNew,
  tokenOf,
} from './records.ts'

const ERROR = { kind: 'cancelled', message: 'changed my mind' } as const

export function cancelContract(makeStore: MakeStore): void {
  test.for(['scheduled', 'pending'] as const)(
    'a %s tasklet is cancelled at once',
    async (status) => {
      const store = await openNew(makeStore)
      const given = newTasklet({ status, notBefore: status === 'scheduled' ? NOW : undefined })
      await store.insert([given])
      expect(await store.cancel(given.id, ERROR, NOW + 1)).toMatchObject({ outcome: 'cancelled' })
      expect(await store.get(given.id)).toMatchObject({
        status: 'cancelled',
        error: ERROR,
        updatedAt: NOW + 1,
        settledAt: NOW + 1,
        notBefore: undefined,
      })
      expect(await store.advance(NOW + 2)).toEqual({ queues: [], changed: [] })
      expect(await store.claim(claimOf())).toEqual([])
    },
  )

  test('a retrying tasklet is cancelled at once', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    await store.settle([settlementOf(started, { status: 'retrying', notBefore: NOW })])
    expect(await store.cancel(started.id, ERROR, NOW)).toMatchObject({ outcome: 'cancelled' })
    expect(await store.advance(NOW)).toEqual({ queues: [], changed: [] })
    expect(await store.get(started.id)).toMatchObject({ status: 'cancelled', error: ERROR })
  })

  test('a running tasklet goes on, and its holder sees the wish at the next renewal', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    expect(await store.cancel(started.id, ERROR, NOW + 1)).toMatchObject({ outcome: 'requested' })
    expect(await store.cancel(started.id, { ...ERROR, message: 'again' }, NOW + 1)).toMatchObject({
      outcome: 'requested',
    })
    expect(await store.get(started.id)).toEqual({
      ...started,
      cancelRequested: ERROR.message,
      updatedAt: NOW + 1,
    })
    const lease = { id: started.id, token: tokenOf(started) }
    expect(await store.renew([lease], NOW + 2 * LEASE)).toEqual({
      lost: [],
      cancelled: [{ id: started.id, reason: ERROR.message }],
    })
  })

  test('the holder of a tasklet that was asked to stop may still complete it', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    await store.cancel(started.id, ERROR, NOW)
    await store.settle([settlementOf(started, { output: 'just in time' })])
    expect(await store.get(started.id)).toMatchObject({
      status: 'completed',
      output: 'just in time',
      cancelRequested: ERROR.message,
    })
  })

  test.for(['retrying', 'pending'] as const)(
    'a tasklet that was asked to stop is cancelled instead of %s',
    async (status) => {
      const store = await openNew(makeStore)
      const started = await startNew(store)
      await store.cancel(started.id, ERROR, NOW)
      const settlement = settlementOf(started, { status, attempts: 1, notBefore: NOW })
      expect(await store.settle([settlement])).toMatchObject([
        { accepted: true, tasklet: { status: 'cancelled', error: ERROR, attempts: 1 } },
      ])
      expect(await store.get(started.id)).toMatchObject({
        status: 'cancelled',
        notBefore: undefined,
        settledAt: NOW + 1000,
      })
    },
  )

  test('a tasklet that was asked to stop is cancelled when its lease is rescued', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    await store.cancel(started.id, ERROR, NOW)
    const rescued = await store.rescue({ now: NOW + LEASE, deadOwners: [], maxDeliveries: 1 })
    expect(rescued).toMatchObject([{ id: started.id, status: 'cancelled', error: ERROR }])
  })

  test('a settled tasklet stays as it is, and an unheard-of one is missing', async () => {
    const store = await openNew(makeStore)
    const pending = newTasklet()
    for (const status of ['completed', 'failed', 'cancelled'] as const) {
      const started = await startNew(store)
      await store.settle([settlementOf(started, { status })])
      const settled = await store.get(started.id)
      expect(await store.cancel(started.id, ERROR, NOW + 5000)).toMatchObject({
        outcome: 'settled',
      })
      expect(await store.get(started.id)).toEqual(settled)
    }
    await store.insert([pending])
    expect(await store.cancel('unheard-of', ERROR, NOW)).toMatchObject({ outcome: 'missing' })
    expect((await claimOne(store)).id).toBe(pending.id)
  })
}
