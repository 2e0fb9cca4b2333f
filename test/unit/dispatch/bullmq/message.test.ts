import { expect, test } from 'vitest'
import { toJob, toQueueName } from '../../../../src/dispatch/bullmq/message.ts'

const MESSAGE = { id: 'a', queue: 'main', priority: 0, deliveries: 0 }

test('the most urgent priority is the first that BullMQ orders by, not its lane before all', () => {
  expect(toJob(MESSAGE).opts.priority).toBe(1)
  expect(toJob({ ...MESSAGE, priority: 1000 }).opts.priority).toBe(1001)
})

test('a job is named by the tasklet and the number of its deliveries', () => {
  const idOf = (id: string, deliveries: number) => toJob({ ...MESSAGE, id, deliveries }).opts.jobId
  const ids = [idOf('7', 1), idOf('7_1', 1), idOf('7', 11), idOf('x:y', 0), idOf('x%3Ay', 0)]
  expect(ids).toEqual(['7_1', '7_1_1', '7_11', 'x%3Ay_0', 'x%253Ay_0'])
})

test('a queue has a name that BullMQ takes, whatever is in it', () => {
  const names = ['main', 'a:b', 'a%3Ab', '{a}', 'ü', '\ud800']
  const encoded = names.map(toQueueName)
  expect(encoded.join('')).not.toMatch(/[:{}]/)
  expect(new Set(encoded).size).toBe(names.length)
})

test('what is in Redis is the message and nothing else', () => {
  const message = { ...MESSAGE, extra: 'secret' }
  expect(toJob(message).data).toEqual(MESSAGE)
})
