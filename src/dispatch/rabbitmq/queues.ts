import type { Channel } from 'rabbitmq-client'
import { bandQueues } from './bands.ts'
import type { Settings } from './options.ts'

/** How many dead messages are kept for people to look at; then the oldest go. */
const DEAD_KEPT = 10_000
/**
 * Milliseconds after which the broker takes back what a consumer holds. The leases of the store
 * find out much earlier that nobody works on it; RabbitMQ before 3.12 knows only its own 30 minutes.
 */
export const CONSUMER_TIMEOUT = 86_400_000

function deadName(prefix: string): string {
  return `${prefix}.dead`
}

/** Where messages go that have come back too often, or that could not be read. */
export async function declareDead(channel: Channel, { prefix }: Settings): Promise<void> {
  const name = deadName(prefix)
  await channel.exchangeDeclare({ exchange: name, type: 'fanout', durable: true })
  await channel.queueDeclare({
    queue: name,
    durable: true,
    arguments: { 'x-queue-type': 'quorum', 'x-max-length': DEAD_KEPT },
  })
  await channel.queueBind({ queue: name, exchange: name })
}

/** Makes the queues for one of ours, unless they are there; returns how many messages wait in them. */
export async function declareQueue(
  channel: Channel,
  settings: Settings,
  queue: string,
): Promise<number> {
  let waiting = 0
  for (const name of bandQueues(settings.prefix, queue)) {
    const { messageCount } = await channel.queueDeclare({
      queue: name,
      durable: true,
      arguments: {
        'x-queue-type': 'quorum',
        'x-delivery-limit': settings.deliveryLimit,
        'x-dead-letter-exchange': deadName(settings.prefix),
        'x-consumer-timeout': CONSUMER_TIMEOUT,
      },
    })
    waiting += messageCount
  }
  return waiting
}
