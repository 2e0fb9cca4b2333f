import { expect, test } from 'vitest'
import type { Settlement } from '../../core/tasklet.ts'
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
} from './records.ts'

const TRAIL = { from: 'cold', target: 'hot', steps: [] }
const ERROR = { kind: 'error', message: 'it broke' } as const

export function settleContract(makeStore: MakeStore): void {
  test('a completion records output, trail, duration and time, and ends the lease', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    const settlement = settlementOf(started, { output: { grams: 12 }, trail: TRAIL })
    const expected = {
      ...started,
      status: 'completed',
      output: { grams: 12 },
      trail: TRAIL,
      actualDuration: 900.5,
      lease: undefined,
      updatedAt: NOW + 1000,
      settledAt: NOW + 1000,
    }
    expect(await store.settle([settlement])).toEqual([
      { accepted: true, tasklet: expected, changed: [] },
    ])
    expect(await store.get(started.id)).toEqual(expected)
  })

  test.for(['failed', 'cancelled'] as const)(
    'a tasklet settles as %s with its error and attempts',
    async (status) => {
      const store = await openNew(makeStore)
      const started = await startNew(store)
      await store.settle([settlementOf(started, { status, error: ERROR, attempts: 3 })])
      expect(await store.get(started.id)).toMatchObject({
        status,
        error: ERROR,
        attempts: 3,
        lease: undefined,
        settledAt: NOW + 1000,
      })
    },
  )

  test('a retry waits for its time, unsettled', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    const retry = { status: 'retrying', error: ERROR, attempts: 1, notBefore: NOW + 5000 } as const
    await store.settle([settlementOf(started, retry)])
    expect(await store.get(started.id)).toMatchObject({
      ...retry,
      lease: undefined,
      settledAt: undefined,
    })
    expect(await store.claim(claimOf())).toEqual([])
  })

  test('a tasklet that is given back is pending again, unsettled', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    await store.settle([settlementOf(started, { status: 'pending', notBefore: NOW + 5 })])
    expect(await store.get(started.id)).toMatchObject({
      status: 'pending',
      deliveries: 1,
      lease: undefined,
      notBefore: undefined,
      settledAt: undefined,
    })
  })

  test('a settlement replaces what the one before it left', async () => {
    const store = await openNew(makeStore)
    const first = await startNew(store)
    const long = { kind: 'error', message: 'x'.repeat(5000) } as const
    await store.settle([settlementOf(first, { status: 'pending', error: long, trail: TRAIL })])
    expect(await store.get(first.id)).toMatchObject({ error: long, trail: TRAIL })
    await store.settle([settlementOf(await claimOne(store), { output: 'y'.repeat(5000) })])
    expect(await store.get(first.id)).toMatchObject({
      output: 'y'.repeat(5000),
      error: undefined,
      trail: undefined,
    })
  })

  test('outcomes stand in the order of the settlements, each for itself', async () => {
    const store = await openNew(makeStore)
    await store.insert(newTasklets(3))
    const [one, two, three] = await store.claim(claimOf())
    if (!one || !two || !three) throw new Error('three were inserted')
    const outcomes = await store.settle([
      settlementOf(three),
      settlementOf(two, { token: 99 }),
      settlementOf(one),
      settlementOf(one, { id: 'unheard-of' }),
    ])
    expect(outcomes).toMatchObject([
      { accepted: true, tasklet: { id: three.id } },
      { accepted: false, holder: 'owner' },
      { accepted: true, tasklet: { id: one.id } },
      { accepted: false, holder: undefined },
    ])
    expect(await store.get(two.id)).toEqual(two)
    expect(await store.settle([])).toEqual([])
  })

  test('a second settlement under the same token is refused, in one call or two', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    const failing = settlementOf(started, { status: 'failed', error: ERROR })
    const outcomes = await store.settle([settlementOf(started, { output: 1 }), failing])
    expect(outcomes).toMatchObject([{ accepted: true }, { accepted: false, holder: undefined }])
    expect(await store.settle([failing])).toMatchObject([{ accepted: false }])
    expect(await store.get(started.id)).toMatchObject({ status: 'completed', output: 1 })
  })

  test('the token of an earlier delivery is refused, and the new holder is named', async () => {
    const store = await openNew(makeStore)
    const stale = await startNew(store)
    await store.rescue({ now: NOW + LEASE, deadOwners: [], maxDeliveries: 3 })
    expect(await store.settle([settlementOf(stale)])).toEqual([
      { accepted: false, holder: undefined },
    ])
    const current = await claimOne(store, { owner: 'second' })
    expect(await store.settle([settlementOf(stale)])).toEqual([
      { accepted: false, holder: 'second' },
    ])
    expect(await store.get(stale.id)).toEqual(current)
    expect(await store.settle([settlementOf(current)])).toMatchObject([{ accepted: true }])
  })

  test('a lease past its end stands until somebody rescues it', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    const late = settlementOf(started, { at: NOW + 10 * LEASE })
    expect(await store.settle([late])).toMatchObject([{ accepted: true }])
  })

  test.for(['running', 'blocked'])(
    'an illegal move to %s refuses the whole call',
    async (status) => {
      const store = await openNew(makeStore)
      await store.insert(newTasklets(2))
      const [one, two] = await store.claim(claimOf())
      if (!one || !two) throw new Error('two were inserted')
      // Only a caller without types can ask for it.
      const illegal = { status: status as Settlement['status'] }
      const call = store.settle([settlementOf(one), settlementOf(two, illegal)])
      await expect(call).rejects.toMatchObject({ code: 'store_illegal_move' })
      expect(await store.get(one.id)).toEqual(one)
      expect(await store.get(two.id)).toEqual(two)
    },
  )

  test.for(['retrying', 'scheduled'] as const)(
    'a settlement as %s without a time refuses the whole call',
    async (status) => {
      const store = await openNew(makeStore)
      const started = await startNew(store)
      const call = store.settle([settlementOf(started, { status })])
      await expect(call).rejects.toMatchObject({ code: 'invalid_input' })
      expect(await store.get(started.id)).toEqual(started)
    },
  )

  test('a record that was handed out is not changed by what happens later', async () => {
    const store = await openNew(makeStore)
    const [inserted] = await store.insert([newTasklet()])
    const claimed = await claimOne(store)
    const seen = [inserted?.tasklet, claimed, await store.get(claimed.id)]
    const before = structuredClone(seen)
    await store.renew([{ id: claimed.id, token: claimed.lease?.token ?? 0 }], NOW + 2 * LEASE)
    await store.settle([settlementOf(claimed, { output: 1 })])
    expect(seen).toEqual(before)
    expect(idsOf([claimed])).toEqual([inserted?.tasklet.id])
  })
}
