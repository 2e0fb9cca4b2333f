import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Store } from '../../../../src/ports/store.ts'
import { Inserts } from '../../../../src/runtime/intake/inserts.ts'
import { mysqlStore } from '../../../../src/stores/mysql/store.ts'
import { postgresStore } from '../../../../src/stores/postgres/store.ts'
import {
  claimOf,
  newTasklet,
  settlementOf,
} from '../../../../src/testing/store-contract/records.ts'
import { newMysqlDatabase, newPostgresSchema } from '../../../support/databases.ts'
import { type ForgetfulProxy, openForgetfulProxy } from '../../../support/forgetful-proxy.ts'
import { describeService, urlOf } from '../../../support/services.ts'

interface Opened {
  readonly store: Store
  readonly proxy: ForgetfulProxy
}

const UNAVAILABLE = { code: 'store_unavailable' }

async function openPostgres(): Promise<Opened> {
  const proxy = await openForgetfulProxy(urlOf('postgres'))
  return opened(postgresStore(proxy.url, { schema: await newPostgresSchema() }), proxy)
}

async function openMysql(): Promise<Opened> {
  const proxy = await openForgetfulProxy(await newMysqlDatabase())
  return opened(mysqlStore(proxy.url), proxy)
}

async function opened(store: Store, proxy: ForgetfulProxy): Promise<Opened> {
  await store.open()
  onTestFinished(() => store.close())
  return { store, proxy }
}

async function claimOne(store: Store) {
  const [claimed] = await store.claim(claimOf({ limit: 1 }))
  if (claimed === undefined) throw new Error('there was nothing to claim')
  return claimed
}

function suite(open: () => Promise<Opened>): void {
  test('a settlement that is asked for again was made by who asks', async () => {
    const { store, proxy } = await open()
    await store.insert([newTasklet()])
    const claimed = await claimOne(store)
    const settlement = settlementOf(claimed, { output: 7 })
    proxy.loseNextAnswer()
    await expect(store.settle([settlement])).rejects.toMatchObject(UNAVAILABLE)
    expect(await store.settle([settlement])).toMatchObject([
      { accepted: true, tasklet: { id: claimed.id, status: 'completed', output: 7 } },
    ])
    expect(await store.settle([settlement])).toMatchObject([{ accepted: false }])
  })

  test('a settlement that was lost does not make that of another its own', async () => {
    const { store, proxy } = await open()
    await store.insert([newTasklet()])
    const settlement = settlementOf(await claimOne(store))
    proxy.loseNextAnswer()
    await expect(store.settle([settlement])).rejects.toMatchObject(UNAVAILABLE)
    const other = { ...settlement, status: 'failed', at: settlement.at + 1 } as const
    expect(await store.settle([other])).toMatchObject([{ accepted: false }])
  })

  test('what a commit without an answer may have changed is told in its own process too', async () => {
    const { store, proxy } = await open()
    const first = newTasklet()
    const second = newTasklet({ status: 'blocked', dependencies: [{ key: 'a', id: first.id }] })
    await store.insert([first, second])
    const claimed = await claimOne(store)
    const heard = vi.fn()
    store.onForeignChange(heard)
    proxy.loseNextAnswer()
    await expect(store.settle([settlementOf(claimed)])).rejects.toMatchObject(UNAVAILABLE)
    heard.mockClear()
    await vi.waitFor(() => expect(heard).toHaveBeenCalled(), { timeout: 8000 })
    expect(await store.get(second.id)).toMatchObject({ status: 'pending' })
  })

  test('a submission whose acknowledgement was lost is stored once and acknowledged', async () => {
    const { store, proxy } = await open()
    const inserts = new Inserts(store, undefined, { asked: () => {}, stored: () => {} })
    const given = [newTasklet(), newTasklet(), newTasklet({ idempotencyKey: 'key' })]
    proxy.loseNextAnswer()
    const outcomes = await Promise.all(given.map((tasklet) => inserts.add(tasklet)))
    expect(outcomes.map(({ created, tasklet }) => [created, tasklet.id])).toEqual(
      given.map(({ id }) => [true, id]),
    )
    expect(await store.counts()).toMatchObject({ pending: 3 })
    proxy.loseNextAnswer()
    const again = newTasklet({ idempotencyKey: 'key' })
    const batch = await inserts.addAll([newTasklet(), again])
    expect(batch.map(({ created }) => created)).toEqual([true, false])
    expect(await store.counts()).toMatchObject({ pending: 4 })
  })
}

describeService('postgres', () => describe('on PostgreSQL', () => suite(openPostgres)))
describeService('mysql', () => describe('on MySQL', () => suite(openMysql)))
