import { describe, expect, it } from 'vitest'
import { StoreError } from '../../../../src/core/errors.ts'
import type { Store } from '../../../../src/ports/store.ts'
import { Inserts } from '../../../../src/runtime/intake/inserts.ts'
import { newTasklet } from '../../../../src/testing/store-contract/records.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { watchedStore } from '../../../support/watched-store.ts'

async function makeInserts() {
  const watched = watchedStore()
  await watched.store.open()
  const batches: number[] = []
  const inserts = new Inserts(watched.store as Store, undefined, {
    asked: () => {},
    stored: (outcomes) => batches.push(outcomes.length),
  })
  return { ...watched, inserts, batches }
}

describe('Inserts', () => {
  it('store the submissions of one turn in one call, in their order', async () => {
    const { inserts, calls, batches } = await makeInserts()
    const outcomes = await Promise.all([1, 2, 3].map(() => inserts.add(newTasklet())))
    expect(calls.filter((call) => call === 'insert')).toHaveLength(1)
    expect(batches).toEqual([3])
    expect(outcomes.map(({ tasklet }) => tasklet.sequence)).toEqual([1, 2, 3])
  })

  it('ask the store before the turn is over when very much is submitted in it', async () => {
    const { inserts, batches } = await makeInserts()
    const outcomes = await Promise.all(
      Array.from({ length: 1001 }, () => inserts.add(newTasklet())),
    )
    expect(batches).toEqual([500, 500, 1])
    expect(outcomes.map(({ tasklet }) => tasklet.sequence)).toEqual(
      outcomes.map((_, index) => index + 1),
    )
  })

  it('tell of each batch as soon as the store was asked, and again when it has answered', async () => {
    const watched = watchedStore()
    await watched.store.open()
    const told: string[] = []
    const inserts = new Inserts(watched.store as Store, undefined, {
      asked: (tasklets) => told.push(`${watched.calls.at(-1)} asked ${tasklets.length}`),
      stored: (outcomes) => told.push(`stored ${outcomes.length}`),
    })
    await inserts.add(newTasklet())
    expect(told).toEqual(['insert asked 1', 'stored 1'])
  })

  it('refuse the record that cannot be stored, and keep its neighbours once each', async () => {
    const { inserts, store } = await makeInserts()
    const given = [newTasklet(), newTasklet({ input: 1n }), newTasklet()]
    const outcomes = await Promise.allSettled(given.map((one) => inserts.add(one)))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    const { items } = await store.list({ limit: 10 })
    expect(items.map(({ id }) => id)).toEqual([given[2]?.id, given[0]?.id])
  })

  it('say which of two submissions with one key was first', async () => {
    const { inserts } = await makeInserts()
    const add = () => inserts.add(newTasklet({ idempotencyKey: 'key' }))
    const [first, second] = await Promise.all([add(), add()])
    expect([first.created, second.created]).toEqual([true, false])
    expect(second.tasklet.id).toBe(first.tasklet.id)
  })

  it('reject when the store fails, and work again afterwards', async () => {
    const { inserts, fail, batches } = await makeInserts()
    fail('insert', 1)
    await expect(inserts.add(newTasklet())).rejects.toThrow('the store failed to insert')
    expect(batches).toEqual([])
    await inserts.add(newTasklet())
    await allDone()
    expect(batches).toEqual([1])
  })

  it('ask a store that cannot be reached once more for all, and not for each alone', async () => {
    const watched = watchedStore()
    await watched.store.open()
    const asked: number[] = []
    const store = new Proxy(watched.store, {
      get: (target, method: keyof Store) =>
        method !== 'insert'
          ? target[method]
          : (tasklets: readonly unknown[]) => {
              asked.push(tasklets.length)
              return Promise.reject(new StoreError('unavailable', 'no server'))
            },
    })
    const inserts = new Inserts(store, undefined, { asked: () => {}, stored: () => {} })
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => inserts.add(newTasklet())))
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(asked).toEqual([3, 3])
  })
})
