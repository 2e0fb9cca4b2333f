import { expect, test } from 'vitest'
import { type MakeStore, openNew } from './open.ts'
import { claimOf, NOW, newTasklet } from './records.ts'

export function lifecycleContract(makeStore: MakeStore): void {
  test('a store has a name', async () => {
    expect((await makeStore()).name).toMatch(/^[a-z]+$/)
  })

  test('every call on a store that is not open is refused', async () => {
    const store = await makeStore()
    const calls = [
      () => store.insert([newTasklet()]),
      () => store.claim(claimOf()),
      () => store.settle([]),
      () => store.renew([], NOW),
      () => store.rescue({ now: NOW, deadOwners: [], maxDeliveries: 3 }),
      () => store.owners(),
      () => store.advance(NOW),
      () => store.nextDue(),
      () => store.cancel('id', { kind: 'cancelled', message: 'reason' }, NOW),
      () => store.candidates(claimOf()),
      () => store.nextStart(claimOf()),
      () => store.clear('main', { kind: 'cancelled', message: 'reason' }, NOW),
      () => store.setPaused('main', true),
      () => store.order('main'),
      () => store.reorder('main', [], ''),
      () => store.move('id', 0),
      () => store.setPriority('id', 0),
      () => store.get('id'),
      () => store.getMany(['id']),
      () => store.queues(),
      () => store.tallies(NOW),
      () => store.remove(['id']),
      () => store.sweep({ settledBefore: NOW, failedBefore: NOW, keep: 0, limit: 1 }),
      () => store.list({ limit: 1 }),
      () => store.counts(),
      () => store.recordStep({ id: 'id', token: 1 }, { name: 'step', output: 1, at: NOW }),
      () => store.steps('id'),
      () => store.fact('kind', 'key'),
      () => store.facts('kind'),
      () => store.writeFact({ kind: 'kind', key: 'key', value: 1, version: 0 }),
      () => store.hold({ lease: { id: 'id', token: 1 }, units: [] }),
      () => store.revise({ lease: { id: 'id', token: 1 }, units: [], states: undefined }),
      () => store.holds(),
      () => store.noteOutbox(['ready']),
      () => store.takeOutbox({ kind: 'ready', owner: 'owner', limit: 1, now: NOW, until: NOW }),
      () => store.clearOutbox([1]),
    ]
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'store_closed' })
  })

  test('a closed store refuses calls, and closing it again does nothing', async () => {
    const store = await openNew(makeStore)
    await store.close()
    await store.close()
    await expect(store.get('id')).rejects.toMatchObject({ code: 'store_closed' })
  })

  test('closing finishes what was asked for before', async () => {
    const store = await openNew(makeStore)
    const inserted = store.insert([newTasklet()])
    await store.close()
    expect(await inserted).toMatchObject([{ created: true }])
  })

  test('a listener for foreign changes is taken and given back', async () => {
    const store = await openNew(makeStore)
    const stop = store.onForeignChange(() => {})
    expect(stop).toBeTypeOf('function')
    stop()
    stop()
  })
}
