import { expect, test } from 'vitest'
import { checkBrokers } from '../../../../src/cli/doctor/brokers.ts'

test('No brokers are no findings.', async () => {
  expect(await checkBrokers({})).toEqual([])
})

test('Brokers that do not answer are problems that name their flags, without passwords.', async () => {
  const findings = await checkBrokers({
    dispatch: 'redis://:s3cret@127.0.0.1:1',
    topics: 'amqp://app:s3cret@127.0.0.1:1',
    submissions: 'amqp://app:s3cret@127.0.0.1:1',
  })
  expect(findings.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'dispatch problem',
    'topics problem',
    'submissions problem',
  ])
  expect(findings[0]?.fix).toContain('--dispatch (SETPOINT_DISPATCH)')
  expect(JSON.stringify(findings)).not.toContain('s3cret')
})

test('A Kafka that does not answer is one as well.', async () => {
  const findings = await checkBrokers({ topics: 'kafka://127.0.0.1:1' })
  expect(findings).toMatchObject([{ name: 'topics', status: 'problem' }])
})

test('An address of the wrong kind is refused as it is everywhere.', async () => {
  await expect(checkBrokers({ topics: 'redis://h' })).rejects.toThrow('is no address for topics')
})
