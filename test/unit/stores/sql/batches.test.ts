import { expect, test } from 'vitest'
import { type Asked, Batches } from '../../../../src/stores/sql/batches.ts'

type Batch = readonly Asked<number, string>[]

/** Batches of numbers, which say of themselves how large they are. */
function newBatches(work: (batch: Batch) => Promise<void>, limit = 100, parallel = 1) {
  return new Batches<number, string>({ work, sizeOf: (size) => size, limit, parallel })
}

test('what is asked for in one turn goes together', async () => {
  const seen: number[][] = []
  const batches = newBatches(async (batch) => {
    seen.push(batch.map(({ request }) => request))
    for (const { request, answer } of batch) answer(`answer ${request}`)
  })
  expect(await Promise.all([1, 2, 3].map((one) => batches.run(one)))).toEqual([
    'answer 1',
    'answer 2',
    'answer 3',
  ])
  expect(seen).toEqual([[1, 2, 3]])
})

test('what is asked for while a batch is under way goes into the next', async () => {
  const seen: number[][] = []
  const gate = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const batches = newBatches(async (batch) => {
    seen.push(batch.map(({ request }) => request))
    begun.resolve()
    await gate.promise
    for (const { answer } of batch) answer('')
  })
  const first = batches.run(1)
  await begun.promise
  const rest = [2, 3].map((one) => batches.run(one))
  gate.resolve()
  await Promise.all([first, ...rest])
  expect(seen).toEqual([[1], [2, 3]])
})

test('a batch holds no more than its limit, and one that is larger goes alone', async () => {
  const seen: number[][] = []
  const batches = newBatches(async (batch) => {
    seen.push(batch.map(({ request }) => request))
    for (const { answer } of batch) answer('')
  }, 10)
  await Promise.all([4, 6, 1, 25, 3].map((one) => batches.run(one)))
  expect(seen).toEqual([[4, 6], [1], [25], [3]])
})

test('a batch that fails refuses those that have no answer yet, and the next goes on', async () => {
  let runs = 0
  const batches = newBatches(async ([first]) => {
    runs += 1
    first?.answer('answered')
    if (runs === 1) throw new Error('failed')
  })
  const outcomes = await Promise.allSettled([batches.run(1), batches.run(2)])
  expect(outcomes).toMatchObject([{ value: 'answered' }, { reason: new Error('failed') }])
  expect(await batches.run(3)).toBe('answered')
})

test('finishing waits for everything that was asked for', async () => {
  let done = 0
  const batches = newBatches(async (batch) => {
    await Promise.resolve()
    for (const { answer } of batch) answer('')
    done += batch.length
  }, 1)
  const asked = [1, 2, 3].map((one) => batches.run(one))
  await batches.finish()
  expect(done).toBe(3)
  await Promise.all(asked)
})

test('as many batches as are allowed run side by side', async () => {
  let running = 0
  let most = 0
  const batches = newBatches(
    async (batch) => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
      for (const { answer } of batch) answer('')
    },
    1,
    2,
  )
  await Promise.all([1, 2, 3, 4, 5].map((one) => batches.run(one)))
  expect(most).toBe(2)
})
