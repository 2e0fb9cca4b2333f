import { expect, onTestFinished, test, vi } from 'vitest'
import type { OutboxKind, OutboxRequest } from '../../ports/outbox.ts'
import type { Store } from '../../ports/store.ts'
import { type MakeStore, openNew } from './open.ts'
import { behind, claimOf, claimOne, LEASE, NOW, newTasklet, settlementOf } from './records.ts'

const ERROR = { kind: 'cancelled', message: 'enough' } as const

export function outboxContract(makeStore: MakeStore): void {
  test('nothing is noted until somebody asks for it', async () => {
    const store = await openNew(makeStore)
    await store.insert([newTasklet()])
    await store.noteOutbox(['status'])
    expect(await take(store, 'status')).toEqual([])
    expect(await take(store, 'ready')).toEqual([])
    await claimOne(store)
    expect(await take(store, 'status')).toHaveLength(1)
    expect(await take(store, 'ready')).toEqual([])
  })

  test('an entry says what became of which tasklet', async () => {
    const store = await openNew(makeStore)
    await store.noteOutbox(['ready'])
    const given = newTasklet({ queue: 'slow', priority: 7, createdAt: NOW + 0.5, plan: 'other' })
    await store.insert([given])
    expect(await take(store, 'ready')).toStrictEqual([
      {
        entry: expect.any(Number),
        kind: 'ready',
        id: given.id,
        plan: 'other',
        task: 'task',
        queue: 'slow',
        priority: 7,
        from: undefined,
        to: 'pending',
        deliveries: 0,
        at: NOW + 0.5,
      },
    ])
  })

  test('whatever becomes pending is ready, in the order in which it happens', async () => {
    const store = await openNew(makeStore)
    await store.noteOutbox(['ready'])
    const [first, second] = [newTasklet(), newTasklet()]
    const child = behind(first)
    const later = newTasklet({ status: 'scheduled', notBefore: NOW + 5 })
    const asleep = newTasklet({ status: 'scheduled', notBefore: NOW + LEASE })
    await store.insert([first, second, child, later, asleep])
    const [one, two] = await store.claim(claimOf())
    if (one === undefined || two === undefined) throw new Error('two were pending')
    await store.settle([settlementOf(one)])
    await store.settle([settlementOf(two, { status: 'retrying', notBefore: NOW + 9 })])
    await store.advance(NOW + 5)
    await store.advance(NOW + 9)
    await store.wake([asleep.id], NOW + 10)
    await claimOne(store, { onlyTasks: ['plan/task'] })
    await store.rescue({ now: NOW + LEASE, deadOwners: [], maxDeliveries: 3 })
    const entries = await take(store, 'ready')
    expect(entries.map(({ id, from, at }) => [id, from, at])).toEqual([
      [first.id, undefined, NOW],
      [second.id, undefined, NOW],
      [child.id, 'blocked', NOW + 1000],
      [later.id, 'scheduled', NOW + 5],
      [second.id, 'retrying', NOW + 9],
      [asleep.id, 'scheduled', NOW + 10],
      [second.id, 'running', NOW + LEASE],
    ])
    expect(entries.at(-1)).toMatchObject({ deliveries: 2 })
    const numbers = entries.map(({ entry }) => entry)
    expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other))
  })

  test('every new status is noted once, with the one before it', async () => {
    const store = await openNew(makeStore)
    await store.noteOutbox(['status'])
    const [given, dropped] = [newTasklet(), newTasklet({ priority: 900 })]
    const child = behind(given, { onDependencyFailure: 'cancel' })
    await store.insert([given, dropped, child])
    const running = await claimOne(store)
    await store.renew([{ id: running.id, token: running.deliveries }], NOW + 2 * LEASE)
    await store.cancel(dropped.id, ERROR, NOW + 1)
    await store.cancel(running.id, ERROR, NOW + 2)
    await store.settle([settlementOf(running, { status: 'failed', at: NOW + 3, error: ERROR })])
    const entries = await take(store, 'status')
    expect(entries.map(({ id, from, to, at }) => [id, from, to, at])).toEqual([
      [given.id, undefined, 'pending', NOW],
      [dropped.id, undefined, 'pending', NOW],
      [child.id, undefined, 'blocked', NOW],
      [given.id, 'pending', 'running', NOW],
      [dropped.id, 'pending', 'cancelled', NOW + 1],
      [given.id, 'running', 'failed', NOW + 3],
      [child.id, 'blocked', 'cancelled', NOW + 3],
    ])
  })

  test('a completion that is plain is noted as well', async () => {
    const store = await openNew(makeStore)
    await store.insert([newTasklet()])
    await store.noteOutbox(['status'])
    await store.settle([settlementOf(await claimOne(store))])
    const entries = await take(store, 'status')
    expect(entries).toMatchObject([{ to: 'running' }, { from: 'running', to: 'completed' }])
  })

  test('kinds are noted beside each other, and each is taken by itself', async () => {
    const store = await openNew(makeStore)
    await store.noteOutbox(['status'])
    await store.noteOutbox(['ready'])
    await store.insert([newTasklet()])
    expect(await take(store, 'ready')).toMatchObject([{ kind: 'ready' }])
    expect(await take(store, 'status')).toMatchObject([{ kind: 'status' }])
  })

  test('what was refused is not noted', async () => {
    const store = await openNew(makeStore)
    await store.noteOutbox(['status', 'ready'])
    const taken = newTasklet()
    await store.insert([taken])
    const batch = [newTasklet(), newTasklet({ id: taken.id })]
    await expect(store.insert(batch)).rejects.toMatchObject({ code: 'store_duplicate_id' })
    const together = [[newTasklet()], [newTasklet(), newTasklet({ id: taken.id })], [newTasklet()]]
    await Promise.allSettled(together.map((one) => store.insert(one)))
    const key = { idempotencyKey: 'key' }
    await store.insert([newTasklet(key)])
    await store.insert([newTasklet(key)])
    expect(await take(store, 'ready')).toHaveLength(4)
    expect(await take(store, 'status')).toHaveLength(4)
  })

  test('what is taken is not given to others until its time, and to its taker at once', async () => {
    const store = await openNew(makeStore)
    await store.noteOutbox(['ready'])
    await store.insert([newTasklet(), newTasklet(), newTasklet()])
    const taken = await take(store, 'ready', { limit: 2 })
    expect(taken).toHaveLength(2)
    const other = { owner: 'other', limit: 9, until: NOW + 200 }
    const rest = await take(store, 'ready', other)
    expect(rest).toHaveLength(1)
    expect(await take(store, 'ready', { ...other, owner: 'third', now: NOW + 99 })).toEqual([])
    expect(await take(store, 'ready', { limit: 9, now: NOW + 99 })).toEqual(taken)
    const lapsed = { ...other, owner: 'third', now: NOW + 100 }
    expect(await take(store, 'ready', lapsed)).toEqual(taken)
  })

  test('what was told is gone, and unknown entries are passed over', async () => {
    const store = await openNew(makeStore)
    await store.noteOutbox(['ready'])
    await store.insert([newTasklet(), newTasklet()])
    const [first, second] = await take(store, 'ready')
    await store.clearOutbox([first?.entry ?? 0, 999_999])
    await store.clearOutbox([])
    expect(await take(store, 'ready')).toEqual([second])
    await store.clearOutbox([second?.entry ?? 0])
    expect(await take(store, 'ready', { now: NOW + LEASE })).toEqual([])
  })

  test('the number of an entry is never used again', async () => {
    const store = await openNew(makeStore)
    await store.noteOutbox(['ready'])
    await store.insert([newTasklet()])
    const [first] = await take(store, 'ready')
    await store.clearOutbox([first?.entry ?? 0])
    await store.insert([newTasklet()])
    const [second] = await take(store, 'ready')
    expect(second?.entry).toBeGreaterThan(first?.entry ?? Number.POSITIVE_INFINITY)
  })

  test('entries outlive the record that they tell of', async () => {
    const store = await openNew(makeStore)
    await store.noteOutbox(['status'])
    const given = newTasklet()
    await store.insert([given])
    await store.cancel(given.id, ERROR, NOW)
    expect(await store.remove([given.id])).toBe(1)
    const entries = await take(store, 'status')
    expect(entries).toMatchObject([{ to: 'pending' }, { id: given.id, to: 'cancelled' }])
  })

  test('a listener hears of what is noted, and finds it', async () => {
    const store = await openNew(makeStore)
    const found: number[] = []
    const listener = vi.fn(async () => {
      found.push((await take(store, 'ready')).length)
    })
    const stop = store.onOutbox(listener)
    onTestFinished(stop)
    await store.insert([newTasklet()])
    await store.noteOutbox(['ready'])
    await store.insert([newTasklet(), newTasklet()])
    await vi.waitFor(() => expect(found).toEqual([2]))
    await claimOne(store)
    expect(await take(store, 'ready')).toHaveLength(2)
    expect(listener).toHaveBeenCalledTimes(1)
    stop()
    stop()
    await store.insert([newTasklet()])
    expect(await take(store, 'ready')).toHaveLength(3)
    expect(listener).toHaveBeenCalledTimes(1)
  })
}

function take(store: Store, kind: OutboxKind, changes: Partial<OutboxRequest> = {}) {
  const request = { kind, owner: 'owner', limit: 100, now: NOW, until: NOW + 100, ...changes }
  return store.takeOutbox(request)
}
