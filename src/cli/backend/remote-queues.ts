import type { Tasklet } from '../../core/tasklet.ts'
import type { Client } from '../../gateway/client/client.ts'
import type { QueueInfo } from '../../ports/store-messages.ts'
import type { QueuePage } from '../../runtime/operations/queue.ts'
import type { Stats } from '../../runtime/operations/stats.ts'
import type { Place, QueueAccess } from './backend.ts'
import { given } from './remote-tasks.ts'

const FULL_PAGE = 500

export function remoteQueues(client: Client): QueueAccess {
  const { queues } = client
  return {
    async list() {
      const { at, queues: all } = (await client.stats()) as unknown as Stats
      return all.map(({ queue, paused, counts, oldestAge }): QueueInfo => {
        const oldestPending = oldestAge === undefined ? undefined : at - oldestAge
        return { queue, paused, counts, oldestPending }
      })
    },
    async page(queue, page) {
      const { items, version, cursor } = await queues.get(queue, given(page))
      return given({ items, version, cursor }) as unknown as QueuePage
    },
    async waiting(queue) {
      return (await queues.get(queue, { limit: 1 })).depth
    },
    async setPaused(queue, isPaused) {
      const { counts } = await (isPaused ? queues.pause(queue) : queues.resume(queue))
      return counts['pending'] ?? 0
    },
    async move({ id, queue }, position) {
      await queues.move(queue, id, position)
      return placeOf(client, queue, id)
    },
    async setPriority({ id, queue }, priority) {
      await queues.setPriority(queue, id, priority)
    },
    async reorder(queue, ids, version) {
      await queues.order(queue, ids, version)
      return (await queues.get(queue, { limit: 1 })).version
    },
    clear: (queue) => queues.clear(queue),
  }
}

async function placeOf({ queues, tasks }: Client, queue: string, id: string): Promise<Place> {
  const { priority } = (await tasks.get(id)) as unknown as Tasklet
  let before = 0
  let cursor: string | undefined
  for (;;) {
    const page = await queues.get(queue, { limit: FULL_PAGE, ...given({ cursor }) })
    const items = page.items as unknown as readonly Tasklet[]
    const index = items.findIndex((item) => item.id === id)
    const { version } = page
    if (index >= 0) return { position: before + index, priority, version }
    if (page.cursor === undefined) return { position: -1, priority, version }
    before += items.length
    cursor = page.cursor
  }
}
