import { expect, onTestFinished, test } from 'vitest'
import { mysqlStore } from '../../../../src/stores/mysql/store.ts'
import {
  claimOf,
  newTasklet,
  settlementOf,
} from '../../../../src/testing/store-contract/records.ts'
import { newMysqlDatabase } from '../../../support/databases.ts'
import { describeService } from '../../../support/services.ts'

const MEGABYTE = 'x'.repeat(2 ** 20)
/** More than a server takes at once, in all. */
const MANY = 24

async function open() {
  const store = mysqlStore(await newMysqlDatabase())
  await store.open()
  onTestFinished(() => store.close())
  return store
}

describeService('mysql', () => {
  test('large inputs and outputs are stored together, however many there are', async () => {
    const store = await open()
    const given = Array.from({ length: MANY }, () => newTasklet({ input: MEGABYTE }))
    await store.insert(given)
    const claimed = await store.claim(claimOf({ limit: MANY }))
    const settled = await store.settle(
      claimed.map((one) => settlementOf(one, { output: MEGABYTE })),
    )
    expect(settled.filter(({ accepted }) => accepted)).toHaveLength(MANY)
  })

  test('an input that the server does not take is refused with the reason, others are not', async () => {
    const store = await open()
    const refused = store.insert([newTasklet({ input: MEGABYTE.repeat(MANY) })])
    const stored = store.insert([newTasklet()])
    await expect(refused).rejects.toMatchObject({
      code: 'store_too_large',
      message: expect.stringContaining('max_allowed_packet'),
    })
    expect(await stored).toHaveLength(1)
  })

  test('an output that the server does not take is refused, and its neighbours are settled', async () => {
    const store = await open()
    await store.insert([newTasklet(), newTasklet()])
    const [first, second] = await store.claim(claimOf())
    if (first === undefined || second === undefined) throw new Error('not both were claimed')
    const large = settlementOf(first, { output: MEGABYTE.repeat(MANY) })
    const outcomes = await store.settle([large, settlementOf(second)])
    expect(outcomes).toMatchObject([
      { accepted: false, error: { code: 'invalid_input' } },
      { accepted: true },
    ])
    const without = settlementOf(first, { status: 'failed' })
    expect(await store.settle([without])).toMatchObject([{ accepted: true }])
  })
})
