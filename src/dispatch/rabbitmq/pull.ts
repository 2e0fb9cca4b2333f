import type { Origin } from './delivery.ts'
import type { Lane } from './lane.ts'

/** Takes messages that wait, in their order: up to `most`, fewer when there are no more. */
export async function pull({ band, channel }: Lane, most: number): Promise<readonly Origin[]> {
  const origins: Origin[] = []
  while (origins.length < most) {
    const message = await channel.basicGet({ queue: band })
    if (!message) break
    origins.push({ channel, message })
  }
  return origins
}

/** The driver hands out what has come before an answer one turn after the answer. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
