import { describe, expect, it } from 'vitest'
import { brokersAt, toKafkaBrokers } from '../../../../src/cli/engines/brokers.ts'
import { storeAt } from '../../../../src/cli/engines/stores.ts'

describe('the engines of the command line', () => {
  it.each([
    ['x/setpoint.db', 'sqlite'],
    ['postgres://localhost/app', 'postgres'],
    ['postgresql://localhost/app', 'postgres'],
    ['mysql://localhost/app', 'mysql'],
    ['mariadb://localhost/app', 'mysql'],
  ])('finds the store of %s without opening it', async (address, name) => {
    expect((await storeAt(address)).name).toBe(name)
  })

  it('refuses what no store is at, and shows no password', async () => {
    const refused = storeAt('mongodb://app:s3cret@db/app')
    await expect(refused).rejects.toThrow(
      'mongodb://app:***@db/app is no database: give a file, postgres://…, mysql://… or mariadb://…',
    )
  })

  it('finds brokers by their addresses, and none where none are named', async () => {
    expect(await brokersAt({})).toEqual({})
    const { dispatch, topics, submissions } = await brokersAt({
      dispatch: 'redis://localhost',
      topics: 'kafka://a:9092,b:9092',
      submissions: 'amqp://localhost',
    })
    expect([dispatch?.name, topics?.name, submissions?.name]).toEqual([
      'bullmq',
      'kafka',
      'rabbitmq',
    ])
    expect((await brokersAt({ dispatch: 'amqps://mq', topics: 'amqp://mq' })).dispatch?.name).toBe(
      'rabbitmq',
    )
  })

  it.each([
    [{ dispatch: 'kafka://a' }, 'kafka://a is no address for dispatch: give redis://…'],
    [{ topics: 'redis://a' }, 'redis://a is no address for topics: give amqp://…'],
    [{ submissions: 'redis://:pw@a' }, 'redis://:***@a is no address for submissions'],
    [{ dispatch: 'localhost' }, 'localhost is no address for dispatch'],
  ])('refuses %j', async (addresses, message) => {
    await expect(brokersAt(addresses)).rejects.toThrow(message)
  })

  it('reads the brokers of Kafka, and refuses what it could not send in secret', () => {
    expect(toKafkaBrokers('kafka://a:9093,b,[::1]/')).toEqual(['a:9093', 'b:9092', '[::1]:9092'])
    for (const address of ['kafka://', 'kafka://app:s3cret@a', 'kafka://a,,b', 'kafka://a/x']) {
      expect(() => toKafkaBrokers(address)).toThrow(/^Kafka is addressed as kafka:\/\/host:port/)
    }
  })
})
