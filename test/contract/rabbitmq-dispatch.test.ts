import { describe } from 'vitest'
import { bandQueues } from '../../src/dispatch/rabbitmq/bands.ts'
import { rabbitmqDispatch } from '../../src/dispatch/rabbitmq/dispatch.ts'
import type { Dispatch } from '../../src/ports/dispatch.ts'
import type { DispatchRoom } from '../../src/testing/dispatch-contract/open.ts'
import { dispatchContract } from '../../src/testing/dispatch-contract.ts'
import { openRabbitmqRoom, type RabbitmqRoom } from '../support/rabbitmq-rooms.ts'
import { describeService } from '../support/services.ts'
import type { TcpProxy } from '../support/tcp-proxy.ts'

async function makeRoom(url: string): Promise<DispatchRoom> {
  const room = await openRabbitmqRoom(url)
  const ways = new Map<Dispatch, TcpProxy>()
  room.willMake([`${room.prefix}.dead`], [`${room.prefix}.dead`])
  return {
    connect() {
      const { url: way, proxy } = room.next()
      const dispatch = rabbitmqDispatch(way, { prefix: room.prefix, onWarning: () => undefined })
      ways.set(dispatch, proxy)
      return withTidiedQueues(dispatch, room)
    },
    sever: (dispatch) => ways.get(dispatch)?.cut(),
    stop: () => room.proxies.forEach((proxy) => void proxy.cut()),
    start: () => room.proxies.forEach((proxy) => void proxy.heal()),
  }
}

/** Every queue that it is asked for is deleted with the room. */
function withTidiedQueues(dispatch: Dispatch, room: RabbitmqRoom): Dispatch {
  const { publish, consume, depth } = dispatch
  const tidy = (queue: string) => room.willMake(bandQueues(room.prefix, queue))
  return Object.assign(dispatch, {
    publish(messages: Parameters<typeof publish>[0]) {
      for (const { queue } of messages) tidy(queue)
      return publish.call(dispatch, messages)
    },
    consume(options: Parameters<typeof consume>[0]) {
      tidy(options.queue)
      return consume.call(dispatch, options)
    },
    depth(queue: string) {
      tidy(queue)
      return depth.call(dispatch, queue)
    },
  })
}

describe('the RabbitMQ dispatch', () => {
  describeService('rabbitmq', (url) => dispatchContract(() => makeRoom(url), ['every-priority']))
})
