import { describe, expect, it } from 'vitest'
import { rabbitmqDispatch } from '../../../../src/dispatch/rabbitmq/dispatch.ts'
import { rabbitmqIntake } from '../../../../src/dispatch/rabbitmq/intake.ts'
import { toWarn } from '../../../../src/dispatch/rabbitmq/options.ts'
import { rabbitmqTopics } from '../../../../src/topics/rabbitmq/topics.ts'

const NOWHERE = 'amqp://me:secret@127.0.0.1:1/none'

describe('the RabbitMQ engines', () => {
  it.each([
    ['dispatch', rabbitmqDispatch(NOWHERE)],
    ['topics', rabbitmqTopics(NOWHERE)],
    ['intake', rabbitmqIntake(NOWHERE)],
  ])('%s: a broker that is not there is told at open, without its password', async (_, engine) => {
    const opened = engine.open()
    await expect(opened).rejects.toMatchObject({ code: 'dispatch_open' })
    await expect(opened).rejects.toThrow(/amqp:\/\/127\.0\.0\.1:1\/none .*ECONNREFUSED.*start it/)
    await expect(opened).rejects.not.toThrow(/secret/)
    await engine.close()
  })

  it('a URL that is none is told at open', async () => {
    for (const url of ['localhost', 'http://localhost', '']) {
      await expect(rabbitmqDispatch(url).open()).rejects.toMatchObject({ code: 'dispatch_open' })
    }
  })

  it('refuses what it cannot work with', () => {
    for (const deliveryLimit of [0, 1.5, Number.NaN]) {
      expect(() => rabbitmqDispatch(NOWHERE, { deliveryLimit })).toThrow(/deliveryLimit/)
    }
    for (const prefix of ['', 'a b', 'amq.x', 'x'.repeat(41)]) {
      expect(() => rabbitmqDispatch(NOWHERE, { prefix })).toThrow(/is no prefix/)
      expect(() => rabbitmqTopics(NOWHERE, { prefix })).toThrow(/is no prefix/)
    }
    for (const prefetch of [0, -1, 1.5, 70_000]) {
      expect(() => rabbitmqTopics(NOWHERE, { prefetch })).toThrow(/prefetch/)
      expect(() => rabbitmqIntake(NOWHERE, { prefetch })).toThrow(/prefetch/)
    }
  })

  it('tells once what goes on failing in the same way', () => {
    const told: string[] = []
    const warn = toWarn((message) => told.push(message))
    for (const message of ['a', 'a', 'b', 'a']) warn(message)
    expect(told).toEqual(['a', 'b', 'a'])
  })
})
