import { toRegExp } from '../../core/event-patterns.ts'
import type { Channel, Link } from '../../dispatch/rabbitmq/connection.ts'
import { toBrokerName } from '../../dispatch/rabbitmq/names.ts'
import { CONSUMER_TIMEOUT } from '../../dispatch/rabbitmq/queues.ts'
import { Reader } from '../../dispatch/rabbitmq/reader.ts'
import type { SubscribeOptions } from '../../ports/topics.ts'
import { fromBody, toRoutingPattern } from './event.ts'

export interface GroupSettings {
  readonly link: Link
  readonly prefix: string
  readonly exchange: string
  /** Declares the exchange. */
  declare(channel: Channel): Promise<void>
  readonly prefetch: number
  readonly retryAfter: number
  readonly warn: (message: string) => void
}

export function groupQueue(prefix: string, group: string): string {
  return `${prefix}.group.${toBrokerName(group)}`
}

/** Reads the events of a group that are for it; it may have been bound to others before. */
export function newGroupReader(options: SubscribeOptions, settings: GroupSettings): Reader {
  const { group, pattern = '**', onEvent } = options
  const { link, prefix, prefetch, retryAfter, warn } = settings
  const wanted = toRegExp(pattern)
  return new Reader({
    link,
    prefetch,
    retryAfter,
    prepare: async (channel) => {
      const queue = groupQueue(prefix, group)
      await settings.declare(channel)
      await declareGroup(channel, queue)
      const routingKey = toRoutingPattern(pattern)
      await channel.queueBind({ queue, exchange: settings.exchange, routingKey })
      return queue
    },
    keyOf: ({ body }) => fromBody(body)?.subject ?? '',
    handle: async ({ body }) => {
      const event = fromBody(body)
      if (!event) return warn(`a message for group "${group}" is no event: it is passed over`)
      if (wanted.test(event.type)) await onEvent(event)
    },
    rejected: (reason) => warn(`group "${group}" has not handled an event yet: ${reason}`),
    failed: (reason) => warn(`group "${group}" is not read: ${reason}`),
  })
}

async function declareGroup(channel: Channel, queue: string): Promise<void> {
  await channel.queueDeclare({
    queue,
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-single-active-consumer': true,
      // A group that has failed often may not lose an event for that.
      'x-delivery-limit': 1_000_000,
      'x-consumer-timeout': CONSUMER_TIMEOUT,
    },
  })
}
