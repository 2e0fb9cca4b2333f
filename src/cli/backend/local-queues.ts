import { queueOf } from '../operations.ts'
import type { QueueAccess } from './backend.ts'
import { findTasklet } from './find.ts'
import type { LocalParts } from './local-parts.ts'

export function localQueues({ database }: LocalParts): QueueAccess {
  return {
    async list() {
      return (await database.existing()).queues()
    },
    async page(queue, page) {
      return queueOf(await database.existing(), queue).list(page)
    },
    async waiting(queue) {
      const store = await database.existing()
      const { blocked, scheduled, pending, retrying } = await store.counts(queue)
      return blocked + scheduled + pending + retrying
    },
    async setPaused(name, isPaused) {
      const store = await database.existing()
      const queue = queueOf(store, name)
      await (isPaused ? queue.pause() : queue.resume())
      return (await store.counts(name)).pending
    },
    async move({ id, queue }, position) {
      const store = await database.existing()
      await queueOf(store, queue).moveTo(id, position)
      const { ids, version } = await store.order(queue)
      const { priority } = await findTasklet(store, id)
      return { position: ids.indexOf(id), priority, version }
    },
    async setPriority({ id, queue }, priority) {
      await queueOf(await database.existing(), queue).setPriority(id, priority)
    },
    async reorder(queue, ids, version) {
      const store = await database.existing()
      await queueOf(store, queue).reorder(ids, version)
      return (await store.order(queue)).version
    },
    async clear(queue) {
      return queueOf(await database.existing(), queue).clear()
    },
  }
}
