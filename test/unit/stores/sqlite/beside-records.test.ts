import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test, vi } from 'vitest'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import {
  leaseOf,
  NOW,
  newTasklet,
  settlementOf,
  startNew,
} from '../../../../src/testing/store-contract/records.ts'
import { newDatabaseFile } from '../../../support/database-file.ts'

async function openStore() {
  const file = newDatabaseFile()
  const store = sqliteStore(file)
  await store.open()
  onTestFinished(() => store.close())
  const db = new DatabaseSync(file, { readOnly: true })
  onTestFinished(() => db.close())
  const count = (table: string) => db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']
  return { store, count }
}

const OUTBOX = { kind: 'ready', owner: 'relay', limit: 9, now: NOW, until: NOW } as const

test('what was held under leases that have ended goes with the next call', async () => {
  const { store, count } = await openStore()
  const units = [{ pool: 'gpu', units: 1, capacity: 1 }]
  for (let turn = 0; turn < 5; turn += 1) {
    const started = await startNew(store)
    expect(await store.hold({ lease: leaseOf(started), units })).toMatchObject({ held: true })
    await store.settle([settlementOf(started)])
  }
  expect(count('holds')).toBe(1)
})

test('nothing is written to the outbox by a store that was not asked to', async () => {
  const { store, count } = await openStore()
  await store.settle([settlementOf(await startNew(store))])
  expect(count('outbox')).toBe(0)
})

test('what a caller inserts in its own transaction is noted, and what is undone there is not', async () => {
  const { store } = await openStore()
  await store.noteOutbox(['ready'])
  const heard = vi.fn()
  onTestFinished(store.onOutbox(heard))
  const kept = newTasklet()
  await store.transaction(({ insert }) => {
    insert([kept])
    expect(() => insert([newTasklet(), kept])).toThrow(/stored already/)
    expect(heard).not.toHaveBeenCalled()
  })
  expect(await store.takeOutbox(OUTBOX)).toMatchObject([{ id: kept.id }])
  expect(heard).toHaveBeenCalledTimes(1)
  const undone = store.transaction(({ insert }) => {
    insert([newTasklet()])
    throw new Error('no')
  })
  await expect(undone).rejects.toThrow('no')
  expect(await store.takeOutbox(OUTBOX)).toHaveLength(1)
  expect(heard).toHaveBeenCalledTimes(1)
})

test('a store that is opened again goes on noting', async () => {
  const { store } = await openStore()
  await store.noteOutbox(['ready'])
  await store.close()
  await store.open()
  await store.insert([newTasklet()])
  expect(await store.takeOutbox(OUTBOX)).toHaveLength(1)
})
