import { expect, onTestFinished, test } from 'vitest'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import {
  claimOf,
  idsOf,
  NOW,
  newTasklet,
  newTasklets,
  settlementOf,
  startNew,
} from '../../../../src/testing/store-contract/records.ts'
import { newDatabaseFile } from '../../../support/database-file.ts'

const ERROR = { kind: 'cancelled', message: 'enough' } as const

/** Two stores on one file, as two processes have them. */
async function openTwo() {
  const file = newDatabaseFile()
  const [one, two] = [sqliteStore(file), sqliteStore(file)]
  for (const store of [one, two]) {
    await store.open()
    onTestFinished(() => store.close())
  }
  return { one, two }
}

test('a settlement sees the wish to stop that came from another process', async () => {
  const { one, two } = await openTwo()
  const running = await startNew(one)
  await two.cancel(running.id, ERROR, NOW)
  const retry = settlementOf(running, { status: 'retrying', notBefore: NOW + 5 })
  expect(await one.settle([retry])).toMatchObject([
    { accepted: true, tasklet: { status: 'cancelled', error: ERROR } },
  ])
})

test('a completion keeps the wish to stop that came from another process', async () => {
  const { one, two } = await openTwo()
  const running = await startNew(one)
  await two.cancel(running.id, ERROR, NOW)
  await one.settle([settlementOf(running)])
  expect(await two.get(running.id)).toMatchObject({
    status: 'completed',
    cancelRequested: 'enough',
  })
})

test('counts, sizes and sequences hold over what both have written', async () => {
  const { one, two } = await openTwo()
  const maxSizes = { main: 4 }
  await one.insert(newTasklets(2), { maxSizes })
  await two.insert(newTasklets(2), { maxSizes })
  await expect(one.insert([newTasklet()], { maxSizes })).rejects.toMatchObject({
    code: 'queue_full',
  })
  await two.claim(claimOf({ limit: 1 }))
  const [fifth] = await one.insert([newTasklet()], { maxSizes })
  expect(fifth?.tasklet.sequence).toBe(5)
  for (const store of [one, two]) {
    expect(await store.counts('main')).toMatchObject({ pending: 4, running: 1 })
  }
})

test('a text is found wherever it was submitted, and as it is now', async () => {
  const { one, two } = await openTwo()
  const find = async (text: string) => idsOf((await one.list({ limit: 9, text })).items)
  await one.insert([newTasklet({ id: 'a', input: { piece: 'Vase' } })])
  expect(await find('vase')).toEqual(['a'])
  await two.insert([newTasklet({ id: 'b', input: { piece: 'vases' }, tags: ['blue'] })])
  expect(await find('vas* piece')).toEqual(['b', 'a'])
  const [first] = await two.claim(claimOf({ limit: 1 }))
  if (first === undefined) throw new Error('two were pending')
  const error = { kind: 'error', message: 'a crack' } as const
  await two.settle([settlementOf(first, { status: 'failed', error })])
  expect(await find('crack vase')).toEqual(['a'])
  expect(await two.remove(['a', 'b'])).toBe(1)
  expect(await find('vas*')).toEqual(['b'])
})
