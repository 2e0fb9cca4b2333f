import { describe } from 'vitest'
import type { Topics } from '../../src/ports/topics.ts'
import type { TopicsRoom } from '../../src/testing/topics-contract/open.ts'
import { topicsContract } from '../../src/testing/topics-contract.ts'
import { groupQueue } from '../../src/topics/rabbitmq/group.ts'
import { rabbitmqTopics } from '../../src/topics/rabbitmq/topics.ts'
import { openRabbitmqRoom } from '../support/rabbitmq-rooms.ts'
import { describeService } from '../support/services.ts'
import type { TcpProxy } from '../support/tcp-proxy.ts'

async function makeRoom(url: string): Promise<TopicsRoom> {
  const room = await openRabbitmqRoom(url)
  const ways = new Map<Topics, TcpProxy>()
  room.willMake([], [`${room.prefix}.events`])
  return {
    connect() {
      const { url: way, proxy } = room.next()
      const topics = rabbitmqTopics(way, {
        prefix: room.prefix,
        retryAfter: 20,
        onWarning: () => undefined,
      })
      ways.set(topics, proxy)
      const { subscribe } = topics
      return Object.assign(topics, {
        subscribe(options: Parameters<typeof subscribe>[0]) {
          room.willMake([groupQueue(room.prefix, options.group)])
          return subscribe.call(topics, options)
        },
      })
    },
    sever: (topics) => ways.get(topics)?.cut(),
    stop: () => room.proxies.forEach((proxy) => void proxy.cut()),
    start: () => room.proxies.forEach((proxy) => void proxy.heal()),
  }
}

describe('RabbitMQ topics', () => {
  describeService('rabbitmq', (url) => topicsContract(() => makeRoom(url)))
})
