import { expect, test } from 'vitest'
import type { Store } from '../../ports/store.ts'
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

const REASON = { kind: 'cancelled', message: 'cleared' } as const

export function queueContract(makeStore: MakeStore): void {
  test('a paused queue hands out nothing until it is resumed, others go on', async () => {
    const store = await openNew(makeStore)
    await store.insert([newTasklet(), newTasklet({ queue: 'event' })])
    await store.setPaused('main', true)
    await store.setPaused('main', true)
    expect(await store.claim(claimOf())).toEqual([])
    expect(await store.candidates(claimOf())).toEqual([])
    expect(await store.claim(claimOf({ queue: 'event' }))).toHaveLength(1)
    await store.insert([newTasklet()])
    await store.setPaused('main', false)
    expect(await store.claim(claimOf())).toHaveLength(2)
  })

  test('the queues are those that have tasklets or were paused', async () => {
    const store = await openNew(makeStore)
    expect(await store.queues()).toEqual([])
    await store.setPaused('idle', true)
    await store.insert([newTasklet({ createdAt: NOW - 5 }), newTasklet({ createdAt: NOW - 3 })])
    await store.insert([newTasklet({ queue: 'event', status: 'scheduled', notBefore: NOW })])
    await claimOne(store)
    const none = await store.counts('idle')
    expect(await store.queues()).toEqual([
      {
        queue: 'event',
        paused: false,
        counts: { ...none, scheduled: 1 },
        oldestPending: undefined,
      },
      { queue: 'idle', paused: true, counts: none, oldestPending: undefined },
      {
        queue: 'main',
        paused: false,
        counts: { ...none, pending: 1, running: 1 },
        oldestPending: NOW - 3,
      },
    ])
  })

  test('the order is that of priority and submission, with a version that changes with it', async () => {
    const store = await openNew(makeStore)
    expect((await store.order('main')).ids).toEqual([])
    const given = [500, 100, 500].map((priority) => newTasklet({ priority }))
    await store.insert([...given, newTasklet({ queue: 'event' })])
    const [first, high, last] = idsOf(given)
    const order = await store.order('main')
    expect(order.ids).toEqual([high, first, last])
    expect(await store.order('main')).toEqual(order)
    const claimed = await claimOne(store)
    const shorter = await store.order('main')
    expect(shorter.ids).toEqual([first, last])
    await store.move(last ?? '', 0)
    const turned = await store.order('main')
    expect(new Set([order.version, shorter.version, turned.version]).size).toBe(3)
    expect(claimed.id).toBe(high)
  })

  test('a reordering exchanges the places of the pending ones', async () => {
    const store = await openNew(makeStore)
    const given = [100, 500, 900].map((priority) => newTasklet({ priority }))
    await store.insert(given)
    const { ids, version } = await store.order('main')
    await store.reorder('main', ids.toReversed(), version)
    expect((await store.order('main')).ids).toEqual(ids.toReversed())
    const claimed = await store.claim(claimOf())
    expect(claimed.map(({ priority }) => priority)).toEqual([100, 500, 900])
    expect(idsOf(claimed)).toEqual(ids.toReversed())
  })

  test('a stale version and an order that is no permutation change nothing', async () => {
    const store = await openNew(makeStore)
    await store.insert(newTasklets(3))
    const before = await store.order('main')
    const [one = '', two = '', three = ''] = before.ids
    for (const ids of [
      [one, two],
      [one, one, two],
      [one, two, 'unheard-of'],
      [...before.ids, one],
    ]) {
      const call = store.reorder('main', ids, before.version)
      await expect(call).rejects.toMatchObject({ code: 'invalid_input' })
    }
    await store.reorder('main', [three, two, one], before.version)
    const stale = store.reorder('main', [two, one, three], before.version)
    await expect(stale).rejects.toMatchObject({ code: 'store_conflict' })
    expect((await store.order('main')).ids).toEqual([three, two, one])
  })

  test.for([
    [0, 2, 'bcad'],
    [3, 0, 'dabc'],
    [1, 99, 'acdb'],
    [2, 1, 'acbd'],
    [2, 2, 'abcd'],
  ] as const)(
    'the tasklet at %d moves to %d and the others keep their order',
    async ([from, to, expected]) => {
      for (const priorities of [EQUAL, STEPS]) {
        const store = await openNew(makeStore)
        await fill(store, priorities)
        const ids = [...'abcd']
        await store.move(ids[from] ?? '', to)
        expect((await store.order('main')).ids.join('')).toBe(expected)
        const moved = await store.get(ids[from] ?? '')
        expect(moved?.priority).toBe(priorities[Math.min(to, 3)])
        expect(idsOf(await store.claim(claimOf())).join('')).toBe(expected)
      }
    },
  )

  test('however often something is moved between two others, it gets there', async () => {
    const store = await openNew(makeStore)
    await fill(store, EQUAL)
    const expected = [...'abcd']
    for (let round = 0; round < 120; round += 1) {
      const [id = ''] = expected.splice(2, 1)
      expected.splice(1, 0, id)
      await store.move(id, 1)
    }
    expect((await store.order('main')).ids).toEqual(expected)
  })

  test('a moved tasklet keeps its place when it comes back, before what was submitted later', async () => {
    const store = await openNew(makeStore)
    await fill(store, EQUAL)
    await store.move('d', 0)
    const moved = await claimOne(store)
    await store.insert([newTasklet({ id: 'e' })])
    await store.settle([settlementOf(moved, { status: 'pending' })])
    expect((await store.order('main')).ids.join('')).toBe('dabce')
  })

  test('only what is pending is moved, to a place that can be', async () => {
    const store = await openNew(makeStore)
    const running = await startNew(store)
    await fill(store, EQUAL)
    await expect(store.move(running.id, 0)).rejects.toMatchObject({ code: 'store_conflict' })
    await expect(store.move('unheard-of', 0)).rejects.toMatchObject({ code: 'invalid_input' })
    for (const position of [-1, 0.5, Number.NaN]) {
      await expect(store.move('a', position)).rejects.toMatchObject({ code: 'invalid_input' })
    }
    expect((await store.order('main')).ids.join('')).toBe('abcd')
  })

  test('a new priority holds for what waits, which stands by submission among equals', async () => {
    const store = await openNew(makeStore)
    await fill(store, [500, 100, 500, 100])
    const later = newTasklet({ status: 'scheduled', notBefore: NOW })
    await store.insert([later])
    for (const id of ['c', 'a', later.id]) await store.setPriority(id, 100)
    await store.advance(NOW)
    expect((await store.order('main')).ids).toEqual(['a', 'b', 'c', 'd', later.id])
    const running = await claimOne(store)
    await expect(store.setPriority(running.id, 1)).rejects.toMatchObject({ code: 'store_conflict' })
    await expect(store.setPriority('b', 1001)).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(store.setPriority('none', 1)).rejects.toMatchObject({ code: 'invalid_input' })
    expect(await store.get('b')).toMatchObject({ priority: 100 })
  })

  test('clearing cancels all that waits in the queue and moves what depends on it', async () => {
    const store = await openNew(makeStore)
    const running = await startNew(store)
    const [first, other] = [newTasklet(), newTasklet({ queue: 'event' })]
    const [inside, outside] = [behind(first), behind(first, { queue: 'event' })]
    const later = newTasklet({ status: 'scheduled', notBefore: NOW })
    await store.insert([first, other, inside, outside, later])
    const changed = await store.clear('main', REASON, NOW + 1)
    const gone = idsOf([first, inside, later])
    expect(idsOf(changed).toSorted()).toEqual([...gone, outside.id].toSorted())
    expect(await statusOf(store, ...gone)).toEqual(['cancelled', 'cancelled', 'cancelled'])
    expect(await statusOf(store, outside.id, running.id, other.id)).toEqual([
      'failed',
      'running',
      'pending',
    ])
    expect(await store.get(later.id)).toMatchObject({ error: REASON, settledAt: NOW + 1 })
    expect(await store.clear('main', REASON, NOW + 1)).toEqual([])
  })
}

const EQUAL = [500, 500, 500, 500]
const STEPS = [100, 200, 300, 400]

/** Tasklets a, b, c, d with these priorities. */
async function fill(store: Store, priorities: readonly number[]): Promise<void> {
  const batch = priorities.map((priority, index) =>
    newTasklet({ id: 'abcd'[index] ?? '', priority }),
  )
  await store.insert(batch)
}
