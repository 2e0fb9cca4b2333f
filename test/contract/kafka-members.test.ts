import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  eventsOf,
  openReader,
  openTopics,
  type TopicsRoom,
} from '../../src/testing/topics-contract/open.ts'
import { kafkaTopics } from '../../src/topics/kafka/topics.ts'
import { startKafka } from '../support/kafka-broker.ts'
import { describeService } from '../support/services.ts'

/** Milliseconds. */
const SESSION = 4000

async function makeRoom(): Promise<TopicsRoom> {
  const brokers = await startKafka()
  const topic = `setpoint.test.${randomUUID()}`
  return {
    connect: () => kafkaTopics(brokers, { topic, heartbeat: 100, sessionTimeout: SESSION }),
  }
}

describe('members of a group on Kafka', () => {
  describeService('kafka', () => {
    test('may take longer for an event than a session lasts', async () => {
      const topics = await openTopics(await makeRoom())
      const after = Promise.withResolvers<void>()
      const reader = await openReader(topics, 'audit', {
        onEvent: ({ id }) => (id === 'long' ? after.promise : undefined),
      })
      await topics.publish(eventsOf(['long', 'next'], { subject: 's' }))
      await reader.reach(1)
      // A member that was thought dead would be given the event again by now.
      setTimeout(after.resolve, 2 * SESSION)
      await reader.reach(2)
      expect(reader.ids()).toEqual(['long', 'next'])
    })

    test('that are not there yet when the topics close are never there', async () => {
      const topics = await openTopics(await makeRoom())
      const options = { group: 'audit', onEvent: () => undefined }
      const subscribing = expect(topics.subscribe(options)).rejects.toMatchObject({
        code: 'dispatch_closed',
      })
      await topics.close()
      await subscribing
    })
  })
})
