import { expect, test } from 'vitest'
import type { Store } from '../../ports/store.ts'
import { type MakeStore, openNew } from './open.ts'
import {
  claimOf,
  claimOne,
  idsOf,
  LEASE,
  NOW,
  newTasklet,
  newTasklets,
  settlementOf,
  startNew,
  tokenOf,
} from './records.ts'

const AFTER = { now: NOW + LEASE, deadOwners: [], maxDeliveries: 3 }

export function leaseContract(makeStore: MakeStore): void {
  test('a renewal sets the end of the lease and keeps its token', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    const token = tokenOf(started)
    const renewal = await store.renew([{ id: started.id, token }], NOW + 2 * LEASE)
    expect(renewal).toEqual({ lost: [], cancelled: [] })
    expect(await store.get(started.id)).toEqual({
      ...started,
      lease: { owner: 'owner', token, until: NOW + 2 * LEASE },
    })
    expect(await store.rescue(AFTER)).toEqual([])
    expect(await store.settle([settlementOf(started)])).toMatchObject([{ accepted: true }])
  })

  test('a renewal reports the leases that are lost and changes nothing of them', async () => {
    const store = await openNew(makeStore)
    await store.insert(newTasklets(3))
    const [held, settled, stale] = await store.claim(claimOf())
    if (!held || !settled || !stale) throw new Error('three were inserted')
    await store.settle([settlementOf(settled), settlementOf(stale, { status: 'pending' })])
    const current = await claimOne(store, { owner: 'second' })
    const leases = [held, settled, stale].map((one) => ({ id: one.id, token: tokenOf(one) }))
    const renewal = await store.renew([...leases, { id: 'unheard-of', token: 1 }], NOW + 2 * LEASE)
    expect(renewal.lost).toEqual([settled.id, stale.id, 'unheard-of'])
    expect(await store.get(stale.id)).toEqual(current)
    expect(await store.get(settled.id)).toMatchObject({ status: 'completed', lease: undefined })
  })

  test('a lease is rescued when it has run out, and not before', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    expect(await store.rescue({ ...AFTER, now: NOW + LEASE - 1 })).toEqual([])
    const expected = { ...started, status: 'pending', lease: undefined, updatedAt: AFTER.now }
    expect(await store.rescue(AFTER)).toEqual([expected])
    expect(await store.get(started.id)).toEqual(expected)
    expect(await store.rescue(AFTER)).toEqual([])
  })

  test('leases of dead owners end at once, those of others stand', async () => {
    const store = await openNew(makeStore)
    await store.insert(newTasklets(3))
    const dead = await store.claim(claimOf({ owner: 'dead', limit: 2 }))
    const live = await claimOne(store, { owner: 'live' })
    const rescued = await store.rescue({ now: NOW, deadOwners: ['dead', 'gone'], maxDeliveries: 3 })
    expect(idsOf(rescued).toSorted()).toEqual(idsOf(dead).toSorted())
    expect(await store.get(live.id)).toEqual(live)
  })

  test('a lease that ran out and whose owner is dead is one lost delivery', async () => {
    const store = await openNew(makeStore)
    await startNew(store)
    const request = { ...AFTER, deadOwners: ['owner'], maxDeliveries: 2 }
    expect(await store.rescue(request)).toMatchObject([{ status: 'pending' }])
    await claimOne(store)
    expect(await store.rescue(request)).toMatchObject([{ status: 'failed' }])
  })

  test('a rescued tasklet is claimed again in its old place', async () => {
    const store = await openNew(makeStore)
    const given = newTasklets(3)
    await store.insert(given)
    await claimOne(store)
    await store.rescue(AFTER)
    expect(idsOf(await store.claim(claimOf()))).toEqual(idsOf(given))
  })

  test('a tasklet that is started too often without a settlement is poison', async () => {
    const store = await openNew(makeStore)
    const { id } = await startNew(store)
    expect(await store.rescue(AFTER)).toMatchObject([{ status: 'pending', deliveries: 1 }])
    await claimOne(store)
    expect(await store.rescue(AFTER)).toMatchObject([{ status: 'pending', deliveries: 2 }])
    await claimOne(store)
    const failed = {
      status: 'failed',
      deliveries: 3,
      error: { kind: 'poison' },
      lease: undefined,
      settledAt: AFTER.now,
    }
    expect(await store.rescue(AFTER)).toMatchObject([failed])
    expect(await store.get(id)).toMatchObject(failed)
    expect(await store.claim(claimOf())).toEqual([])
  })

  test.for(['retrying', 'pending'] as const)(
    'a settlement as %s ends the count towards poison',
    async (status) => {
      const store = await openNew(makeStore)
      await startNew(store)
      await store.rescue({ ...AFTER, maxDeliveries: 2 })
      const settlement = settlementOf(await claimOne(store), { status, notBefore: NOW })
      await store.settle([settlement])
      await store.advance(NOW)
      await claimOne(store)
      expect(await store.rescue({ ...AFTER, maxDeliveries: 2 })).toMatchObject([
        { status: 'pending', deliveries: 3 },
      ])
    },
  )

  test('the owners are those of live leases, each once', async () => {
    const store = await openNew(makeStore)
    expect(await store.owners()).toEqual([])
    await store.insert(newTasklets(4))
    const first = await claimOne(store, { owner: 'one' })
    await store.claim(claimOf({ owner: 'two' }))
    expect((await store.owners()).toSorted()).toEqual(['one', 'two'])
    await store.settle([settlementOf(first)])
    expect(await store.owners()).toEqual(['two'])
  })

  test('no two of many rounds of claim, loss and settlement share a token', async () => {
    const store = await openNew(makeStore)
    await store.insert([newTasklet()])
    const tokens = await rounds(store, 6)
    expect(tokens).toEqual([...new Set(tokens)].sort((one, other) => one - other))
  })
}

async function rounds(store: Store, count: number): Promise<number[]> {
  const tokens: number[] = []
  for (let round = 0; round < count; round += 1) {
    const claimed = await claimOne(store)
    tokens.push(tokenOf(claimed))
    if (round % 2 === 0) await store.rescue({ ...AFTER, maxDeliveries: 99 })
    else await store.settle([settlementOf(claimed, { status: 'pending' })])
  }
  return tokens
}
