import { expect, onTestFinished, test } from 'vitest'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { newTasklet, total } from '../../../../src/testing/store-contract/records.ts'
import { newDatabaseFile } from '../../../support/database-file.ts'

async function setUp() {
  const store = sqliteStore(newDatabaseFile())
  await store.open()
  onTestFinished(() => store.close())
  await store.transaction(({ db }) => db.exec('CREATE TABLE orders (name TEXT UNIQUE) STRICT'))
  const orders = () =>
    store.transaction(({ db }) =>
      db
        .prepare('SELECT name FROM orders')
        .all()
        .map(({ name }) => name),
    )
  return { store, orders }
}

test("the caller's data and the tasklets are committed together", async () => {
  const { store, orders } = await setUp()
  const given = newTasklet()
  const outcomes = await store.transaction(({ db, insert }) => {
    db.prepare('INSERT INTO orders VALUES (?)').run('one')
    return insert([given])
  })
  expect(outcomes).toMatchObject([{ created: true, tasklet: { id: given.id } }])
  expect(await orders()).toEqual(['one'])
  expect(await store.counts()).toMatchObject({ pending: 1 })
})

test('a throw takes back both, and harms nobody who asked at the same time', async () => {
  const { store, orders } = await setUp()
  const [refused, other] = await Promise.allSettled([
    store.transaction(({ db, insert }) => {
      db.prepare('INSERT INTO orders VALUES (?)').run('one')
      insert([newTasklet()])
      throw new RangeError('on purpose')
    }),
    store.insert([newTasklet()]),
  ])
  expect(refused).toEqual({ status: 'rejected', reason: new RangeError('on purpose') })
  expect(other.status).toBe('fulfilled')
  expect(await orders()).toEqual([])
  expect(await total(store)).toBe(1)
})

test('work that returns a promise is refused and leaves nothing', async () => {
  const { store } = await setUp()
  const call = store.transaction(async ({ insert }) => insert([newTasklet()]))
  await expect(call).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('returned a promise'),
  })
  expect(await total(store)).toBe(0)
})

test('an insertion that is refused and caught is undone alone', async () => {
  const { store, orders } = await setUp()
  const given = newTasklet()
  await store.transaction(({ db, insert }) => {
    insert([given])
    expect(() => insert([newTasklet(), given])).toThrow('stored already')
    db.prepare('INSERT INTO orders VALUES (?)').run('one')
  })
  expect(await orders()).toEqual(['one'])
  expect(await store.counts()).toMatchObject({ pending: 1 })
})
