import { expect, test } from 'vitest'
import { StepLog } from '../../../../src/runtime/steps/step-log.ts'

const first = { id: 'a', attempts: 0 }

test('A step log has the steps of the last attempt of a tasklet alone.', () => {
  const log = new StepLog()
  log.began(first, 'fetch', 1, 10)
  log.ended(first, { key: 'fetch', attempt: 1, status: 'failed' })
  const second = { id: 'a', attempts: 1 }
  expect(log.of(second)).toMatchObject([{ key: 'fetch', status: 'failed' }])
  log.began(second, 'prepare', 1, 20)
  expect(log.of(second)).toMatchObject([{ key: 'prepare', status: 'running', startedAt: 20 }])
})

test('A step log forgets what was under way when a run is over, and nothing else.', () => {
  const log = new StepLog()
  log.ended(first, { key: 'fetch', attempt: 1, status: 'completed' })
  log.began(first, 'wait', 1, 10)
  log.left(first)
  expect(log.of(first)).toMatchObject([{ key: 'fetch' }])
  log.left({ id: 'unknown', attempts: 0 })
  expect(log.of({ id: 'unknown', attempts: 0 })).toEqual([])
})

test('A step log holds so many tasklets and steps as fit, and forgets the oldest.', () => {
  const log = new StepLog()
  for (let index = 0; index < 1001; index += 1) log.began(first, `dump[${index}]`, 1, index)
  const keys = log.of(first).map(({ key }) => key)
  expect(keys).toHaveLength(1000)
  expect(keys[0]).toBe('dump[1]')
  for (let index = 0; index < 500; index += 1) {
    log.began({ id: `other ${index}`, attempts: 0 }, 'fetch', 1, index)
  }
  expect(log.of(first)).toEqual([])
  expect(log.of({ id: 'other 0', attempts: 0 })).toHaveLength(1)
})
