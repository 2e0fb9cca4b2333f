import { expect, test } from 'vitest'
import type { Store } from '../../ports/store.ts'
import type { ListFilter } from '../../ports/store-messages.ts'
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
} from './records.ts'

export function listContract(makeStore: MakeStore): void {
  test('a record that is not there is undefined', async () => {
    const store = await openNew(makeStore)
    expect(await store.get('unheard-of')).toBeUndefined()
  })

  test('a listing gives the same records as get, newest first', async () => {
    const store = await openNew(makeStore)
    const given = newTasklets(3, { input: { n: 1 } })
    await store.insert(given)
    const page = await store.list({ limit: 10 })
    expect(idsOf(page.items)).toEqual(idsOf(given).toReversed())
    expect(page).not.toHaveProperty('cursor')
    for (const item of page.items) expect(item).toEqual(await store.get(item.id))
  })

  test('pages join without a gap or a repeat, whatever is added meanwhile', async () => {
    const store = await openNew(makeStore)
    const given = newTasklets(7)
    await store.insert(given)
    const found: string[] = []
    let cursor: string | undefined
    do {
      const page = await store.list({ limit: 3, cursor })
      found.push(...idsOf(page.items))
      cursor = page.cursor
      await store.insert([newTasklet()])
    } while (cursor !== undefined)
    expect(found).toEqual(idsOf(given).toReversed())
  })

  test('a page that is full to the last record has no cursor', async () => {
    const store = await openNew(makeStore)
    await store.insert([...newTasklets(2, { task: 'other' }), ...newTasklets(2)])
    const page = await store.list({ limit: 2, task: 'task' })
    expect(page.items).toHaveLength(2)
    expect(page.cursor).toBeUndefined()
  })

  test.for<[ListFilter, string[]]>([
    [{ limit: 9, plan: 'other' }, ['d']],
    [{ limit: 9, task: 'second' }, ['c', 'b']],
    [{ limit: 9, task: 'plan/second' }, []],
    [{ limit: 9, queue: 'event' }, ['c']],
    [{ limit: 9, queue: 'unheard-of' }, []],
    [{ limit: 9, tag: 'red' }, ['d', 'a']],
    [{ limit: 9, tag: 're' }, []],
    [{ limit: 9, since: NOW + 2 }, ['d', 'c']],
    [{ limit: 9, status: ['completed'] }, ['a']],
    [{ limit: 9, settledSince: NOW + 1000 }, ['a']],
    [{ limit: 9, settledSince: NOW + 1001 }, []],
    [{ limit: 9, settledSince: 0, task: 'task', status: ['completed', 'pending'] }, ['a']],
    [{ limit: 9, status: ['completed', 'scheduled'] }, ['d', 'a']],
    [{ limit: 9, status: [] }, []],
    [{ limit: 1, task: 'second' }, ['c']],
    [{ limit: 9, plan: 'plan', task: 'second', queue: 'main', status: ['pending'] }, ['b']],
  ])('the filter %o gives %o', async ([filter, expected]) => {
    const store = await openNew(makeStore)
    await store.insert([
      newTasklet({ id: 'a', tags: ['red', 'big'] }),
      newTasklet({ id: 'b', task: 'second', createdAt: NOW + 1 }),
      newTasklet({ id: 'c', task: 'second', queue: 'event', createdAt: NOW + 2 }),
      newTasklet({ ...LATER, id: 'd', plan: 'other', tags: ['red'], createdAt: NOW + 3 }),
    ])
    await store.settle([settlementOf(await claimOne(store))])
    expect(idsOf((await store.list(filter)).items)).toEqual(expected)
  })

  test.for(['garbled', '', 'LTE', '!!!', 'MQ==', '../..'])(
    'the cursor "%s" is refused',
    async (cursor) => {
      const store = await openNew(makeStore)
      await expect(store.list({ limit: 1, cursor })).rejects.toMatchObject({
        code: 'invalid_input',
      })
    },
  )

  test.for([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'the limit %d is refused',
    async (limit) => {
      const store = await openNew(makeStore)
      await expect(store.list({ limit })).rejects.toMatchObject({ code: 'invalid_input' })
    },
  )

  test('the counts hold every status, of one queue or of all', async () => {
    const store = await openNew(makeStore)
    await fill(store)
    expect(await store.counts()).toEqual({
      blocked: 1,
      scheduled: 1,
      pending: 2,
      running: 1,
      retrying: 1,
      completed: 1,
      failed: 1,
      cancelled: 1,
    })
    const none = Object.fromEntries(Object.keys(await store.counts()).map((status) => [status, 0]))
    expect(await store.counts('event')).toEqual({ ...none, pending: 1 })
    expect(await store.counts('unheard-of')).toEqual(none)
  })
}

const LATER = { status: 'scheduled', notBefore: NOW + 9 } as const

/** One record in each status, and one more that is pending in the queue `event`. */
async function fill(store: Store): Promise<void> {
  await store.insert([...newTasklets(5), newTasklet(LATER), newTasklet({ queue: 'event' })])
  const [one, two, three, four] = await store.claim(claimOf({ limit: 4 }))
  if (!one || !two || !three || !four) throw new Error('five were pending')
  await store.settle([
    settlementOf(one),
    settlementOf(two, { status: 'failed' }),
    settlementOf(three, { status: 'cancelled' }),
    settlementOf(four, { status: 'retrying', notBefore: NOW + 9 }),
  ])
  await store.insert([newTasklet(), behind(await claimOne(store))])
}
