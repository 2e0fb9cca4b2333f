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

test('of two processes that write the same version of a fact one is told what the other wrote', async () => {
  const { one, two } = await openTwo()
  const fact = { kind: 'belief', key: 'kiln', version: 0 }
  expect(await two.fact('belief', 'kiln')).toBeUndefined()
  expect(await one.writeFact({ ...fact, value: 'hot' })).toMatchObject({ written: true })
  const stands = { ...fact, value: 'hot', version: 1 }
  expect(await two.writeFact({ ...fact, value: 'cold' })).toEqual({ written: false, fact: stands })
  expect(await two.writeFact({ ...stands, value: 'cold' })).toMatchObject({ written: true })
  expect(await one.fact('belief', 'kiln')).toEqual({ ...stands, value: 'cold', version: 2 })
})

test('the deadline and steps of a lost delivery are there for the process that goes on', async () => {
  const { one, two } = await openTwo()
  const running = await startNew(one)
  const lease = { id: running.id, token: running.lease?.token ?? 0 }
  const deadline = { phase: 'executing', at: NOW + 5000 } as const
  await one.renew([{ ...lease, deadline }], NOW)
  await one.recordStep(lease, { name: 'send', output: 1, at: NOW })
  await two.rescue({ now: NOW, deadOwners: [], maxDeliveries: 3 })
  expect(await two.claim(claimOf({ owner: 'second' }))).toMatchObject([{ deadline }])
  expect(await one.recordStep(lease, { name: 'late', output: 1, at: NOW })).toBe(false)
  expect(await two.steps(running.id)).toEqual([{ name: 'send', output: 1, at: NOW }])
})
