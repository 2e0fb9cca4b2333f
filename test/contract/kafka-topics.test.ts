import { randomUUID } from 'node:crypto'
import { describe } from 'vitest'
import { topicsContract } from '../../src/testing/topics-contract.ts'
import { kafkaTopics } from '../../src/topics/kafka/topics.ts'
import { startKafka } from '../support/kafka-broker.ts'
import { describeService } from '../support/services.ts'

describe('Kafka topics', () => {
  describeService('kafka', () =>
    topicsContract(async () => {
      const brokers = await startKafka()
      const topic = `setpoint.test.${randomUUID()}`
      return {
        // The mock waits for 3 s for the first members of a group, and a session has to outlast that;
        // later ones it lets in a second before its end.
        connect: () => kafkaTopics(brokers, { topic, heartbeat: 100, sessionTimeout: 4000 }),
      }
    }, ['severable', 'stoppable']),
  )
})
