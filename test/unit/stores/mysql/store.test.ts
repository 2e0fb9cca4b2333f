import { expect, onTestFinished, test, vi } from 'vitest'
import { openConnections } from '../../../../src/stores/mysql/connections.ts'
import { mysqlStore } from '../../../../src/stores/mysql/store.ts'
import type { SqlSession } from '../../../../src/stores/sql/session.ts'
import {
  claimOf,
  idsOf,
  NOW,
  newTasklet,
  settlementOf,
} from '../../../../src/testing/store-contract/records.ts'
import { newMysqlDatabase } from '../../../support/databases.ts'
import { describeService } from '../../../support/services.ts'

/** How many transactions of this database wait for a lock. */
const WAITING = `SELECT count(*) AS waiting FROM information_schema.innodb_trx AS trx
  JOIN information_schema.processlist AS process ON process.id = trx.trx_mysql_thread_id
  WHERE trx.trx_state = 'LOCK WAIT' AND process.db = database()`

async function openBoth() {
  const url = await newMysqlDatabase()
  const store = mysqlStore(url)
  await store.open()
  onTestFinished(() => store.close())
  const connections = await openConnections(url, {})
  onTestFinished(() => connections.close())
  const lock = (session: SqlSession, id: string) =>
    session.all('SELECT id FROM tasklets WHERE id = ? FOR UPDATE', [id])
  return { store, connections, lock }
}

describeService('mysql', () => {
  test('a claim passes over what another transaction is changing', async () => {
    const { store, connections, lock } = await openBoth()
    const [first, second] = [newTasklet(), newTasklet()]
    await store.insert([first, second])
    await connections.write(async (session) => {
      await lock(session, first.id)
      const claimed = await store.claim(claimOf({ limit: 1 }))
      expect(idsOf(claimed)).toEqual([second.id])
    })
  })

  test.for([
    ['finds nothing else', 0],
    ['gets less than it asked for', 2],
  ] as const)(
    'a claim that %s waits for what another transaction is changing',
    async ([, count]) => {
      const { store, connections, lock } = await openBoth()
      const only = newTasklet()
      const others = Array.from({ length: count }, () => newTasklet())
      await store.insert([only, ...others])
      const claimed = await connections.write(async (session) => {
        await lock(session, only.id)
        const claim = store.claim(claimOf())
        const expectWaiting = async () => {
          const [row] = await connections.read((other) => other.all(WAITING))
          expect(row).toEqual({ waiting: 1 })
        }
        // The server renews that table only when nobody has read it for a tenth of a second.
        await vi.waitFor(expectWaiting, { timeout: 8000, interval: 200 })
        return { claim }
      })
      expect(idsOf(await claimed.claim)).toEqual(idsOf([only, ...others]))
    },
  )

  test('a sweep leaves what another transaction is changing, and waits for nobody', async () => {
    const { store, connections, lock } = await openBoth()
    const [first, second] = [newTasklet(), newTasklet()]
    await store.insert([first, second])
    const claimed = await store.claim(claimOf())
    await store.settle(claimed.map((one) => settlementOf(one)))
    const before = NOW + 10_000
    const sweep = () =>
      store.sweep({ settledBefore: before, failedBefore: before, keep: 100, limit: 10 })
    await connections.write(async (session) => {
      await lock(session, first.id)
      expect(await sweep()).toBe(1)
    })
    expect(await store.getMany([first.id, second.id])).toMatchObject([{ id: first.id }])
    expect(await sweep()).toBe(1)
  })
})
