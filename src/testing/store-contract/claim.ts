import { expect, test } from 'vitest'
import type { Tasklet } from '../../core/tasklet.ts'
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
  startNew,
} from './records.ts'

export function claimContract(makeStore: MakeStore): void {
  test('a claim leases the tasklet, sets it running and counts the delivery', async () => {
    const store = await openNew(makeStore)
    const given = newTasklet({ input: { n: 1 }, createdAt: NOW - 5, updatedAt: NOW - 5 })
    await store.insert([given])
    const claimed = await claimOne(store)
    expect(claimed).toEqual({
      ...given,
      sequence: claimed.sequence,
      status: 'running',
      deliveries: 1,
      lease: { owner: 'owner', token: expect.any(Number), until: NOW + LEASE },
      startedAt: NOW,
      updatedAt: NOW,
    })
    expect(await store.get(given.id)).toEqual(claimed)
  })

  test('what is claimed is not claimed again', async () => {
    const store = await openNew(makeStore)
    await store.insert(newTasklets(3))
    expect(await store.claim(claimOf({ limit: 2 }))).toHaveLength(2)
    expect(await store.claim(claimOf())).toHaveLength(1)
    expect(await store.claim(claimOf())).toEqual([])
  })

  test('claims at the same time share out the work', async () => {
    const store = await openNew(makeStore)
    await store.insert(newTasklets(10))
    const shares = await Promise.all([3, 4, 5].map((limit) => store.claim(claimOf({ limit }))))
    expect(shares.map(({ length }) => length)).toEqual([3, 4, 3])
    expect(new Set(idsOf(shares.flat())).size).toBe(10)
  })

  test('the lower priority number comes first, and equal ones in their order', async () => {
    const store = await openNew(makeStore)
    const given = [500, 100, 900, 100, 0, 1000, 500].map((priority) => newTasklet({ priority }))
    await store.insert(given)
    expect(idsOf(await store.claim(claimOf()))).toEqual(idsOf(inOrder(given)))
  })

  test('the order holds over tasks, plans and many claims', async () => {
    const store = await openNew(makeStore)
    const given = Array.from({ length: 90 }, (_, index) =>
      newTasklet({
        plan: index % 7 === 0 ? 'other' : 'plan',
        task: `task-${(index * 5) % 4}`,
        priority: [500, 100, 900][(index * 11) % 3] ?? 0,
      }),
    )
    for (let at = 0; at < given.length; at += 30) await store.insert(given.slice(at, at + 30))
    const claimed: Tasklet[] = []
    const request = claimOf({ limit: 11, knownPlans: ['plan', 'other'] })
    for (let more = true; more; ) {
      const batch = await store.claim(request)
      claimed.push(...batch)
      more = batch.length > 0
    }
    expect(idsOf(claimed)).toEqual(idsOf(inOrder(given)))
  })

  test('a limit takes the first in order, also when one of many tasks has them all', async () => {
    const store = await openNew(makeStore)
    const early = newTasklets(25, { task: 'early', priority: 100 })
    const late = ['a', 'b', 'c', 'd', 'e', 'f'].map((task) => newTasklet({ task, priority: 900 }))
    await store.insert([...late, ...early])
    expect(idsOf(await store.claim(claimOf({ limit: 20 })))).toEqual(idsOf(early.slice(0, 20)))
    const rest = await store.claim(claimOf({ limit: 20 }))
    expect(idsOf(rest)).toEqual(idsOf([...early.slice(20), ...late]))
  })

  test('a claim sees only its queue', async () => {
    const store = await openNew(makeStore)
    const [main, event] = [newTasklet(), newTasklet({ queue: 'event' })]
    await store.insert([main, event])
    expect(idsOf(await store.claim(claimOf({ queue: 'event' })))).toEqual([event.id])
    expect(await store.claim(claimOf({ queue: 'unheard-of' }))).toEqual([])
    expect(idsOf(await store.claim(claimOf()))).toEqual([main.id])
  })

  test('a claim looks past skipped tasks and keeps the order of the others', async () => {
    const store = await openNew(makeStore)
    const skipped = newTasklets(50, { task: 'skipped', priority: 0 })
    const others = [newTasklet({ task: 'b' }), newTasklet(), newTasklet({ task: 'b' })]
    await store.insert([...skipped, ...others])
    const request = claimOf({ skipTasks: ['plan/skipped', 'plan/unheard-of'] })
    expect(idsOf(await store.claim(request))).toEqual(idsOf(others))
    expect(idsOf(await store.claim(claimOf()))).toEqual(idsOf(skipped))
  })

  test('a task is skipped by its full name', async () => {
    const store = await openNew(makeStore)
    const given = [newTasklet({ plan: 'one' }), newTasklet({ plan: 'two' })]
    await store.insert(given)
    const request = claimOf({ knownPlans: ['one', 'two'], skipTasks: ['one/task', 'task'] })
    expect(await store.claim(request)).toMatchObject([{ plan: 'two' }])
  })

  test('a claim leaves the plans that it does not know to others', async () => {
    const store = await openNew(makeStore)
    const [foreign, own] = [newTasklet({ plan: 'foreign' }), newTasklet()]
    await store.insert([foreign, own])
    expect(await store.claim(claimOf({ knownPlans: [] }))).toEqual([])
    expect(idsOf(await store.claim(claimOf()))).toEqual([own.id])
    expect(await store.get(foreign.id)).toMatchObject({ status: 'pending', deliveries: 0 })
  })

  test('only pending tasklets are claimed', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    await store.insert([behind(started), newTasklet({ status: 'scheduled', notBefore: NOW - 1 })])
    expect(await store.claim(claimOf())).toEqual([])
  })

  test('a tasklet that comes back keeps its place and gets a higher token', async () => {
    const store = await openNew(makeStore)
    const given = newTasklets(4)
    await store.insert(given)
    const first = await claimOne(store)
    await claimOne(store)
    await store.settle([settlementOf(first, { status: 'pending' })])
    const again = await claimOne(store, { owner: 'other', now: NOW + 9 })
    expect(again).toMatchObject({ id: given[0]?.id, deliveries: 2, startedAt: NOW + 9 })
    expect(again.lease?.token).toBeGreaterThan(first.lease?.token ?? Number.POSITIVE_INFINITY)
    expect(idsOf(await store.claim(claimOf()))).toEqual(idsOf(given.slice(2)))
  })
}

/** By priority; the sort is stable, so equal ones stay as they were given. */
function inOrder(tasklets: readonly Tasklet[]): Tasklet[] {
  return tasklets.toSorted((one, other) => one.priority - other.priority)
}
