import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import {
  claimOf,
  newTasklet,
  newTasklets,
  settlementOf,
  startNew,
} from '../../../../src/testing/store-contract/records.ts'
import { newDatabaseFile } from '../../../support/database-file.ts'

const LONG = 'x'.repeat(200_000)

async function openStore(file = newDatabaseFile()) {
  const store = sqliteStore(file, { lockTimeout: 20 })
  await store.open()
  onTestFinished(() => store.close())
  return { store, file }
}

test('a full disk refuses what does not fit, loses nothing, and takes more when there is room', async () => {
  const { store, file } = await openStore()
  const running = await startNew(store)
  const limit = (pages: number | string) =>
    store.transaction(({ db }) => db.exec(`PRAGMA max_page_count = ${pages}`))
  const pages = await store.transaction(({ db }) => db.prepare('PRAGMA page_count').get())
  await limit(Number(pages?.['page_count']) + 3)

  const refused = await Promise.allSettled([
    store.insert([newTasklet({ input: LONG })]),
    store.settle([settlementOf(running, { output: LONG })]),
  ])
  expect(refused).toMatchObject([
    { status: 'rejected', reason: { code: 'store_full' } },
    { status: 'rejected', reason: { code: 'store_full' } },
  ])
  expect(await store.counts()).toMatchObject({ running: 1, pending: 0, completed: 0 })
  expect(await store.get(running.id)).toEqual(running)

  await limit(100_000)
  await store.insert([newTasklet({ input: LONG })])
  expect(await store.settle([settlementOf(running, { output: LONG })])).toMatchObject([
    { accepted: true },
  ])
  expect(await store.counts()).toMatchObject({ running: 0, pending: 1, completed: 1 })
  const db = new DatabaseSync(file)
  onTestFinished(() => db.close())
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
})

test('a locked database refuses changes, still answers questions, and works when it is free', async () => {
  const { store, file } = await openStore()
  await store.insert(newTasklets(2))
  const other = new DatabaseSync(file)
  other.exec('BEGIN IMMEDIATE')
  await expect(store.insert([newTasklet()])).rejects.toMatchObject({ code: 'store_locked' })
  expect(await store.counts()).toMatchObject({ pending: 2 })
  other.close()
  expect(await store.claim(claimOf())).toHaveLength(2)
})

test('a connection that may not write refuses changes and keeps what is there', async () => {
  const { store } = await openStore()
  await store.insert([newTasklet()])
  const db = await store.transaction((transaction) => transaction.db)
  db.exec('PRAGMA query_only = true')
  await expect(store.insert([newTasklet()])).rejects.toMatchObject({ code: 'store_readonly' })
  expect(await store.counts()).toMatchObject({ pending: 1 })
  db.exec('PRAGMA query_only = false')
  expect(await store.claim(claimOf())).toHaveLength(1)
})
