import type { Channel } from './connection.ts'

/** A band of priorities, which is a queue at the broker, and the channel over which it is read. */
export interface Lane {
  readonly band: string
  readonly channel: Channel
}

/** How many messages wait in it. */
export async function countOf({ band, channel }: Lane): Promise<number> {
  const { messageCount } = await channel.queueDeclare({ queue: band, passive: true })
  return messageCount
}
