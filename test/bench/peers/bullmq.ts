import { Queue, Worker } from 'bullmq'
import { urlOf } from '../services/service.ts'
import { Count } from './count.ts'
import type { Peer } from './peer.ts'

const QUEUE = 'deliver'

export const bullmq: Peer = {
  name: 'BullMQ',
  needs: ['redis'],
  durability: 'Redis, append-only file synced every second: **promises less**',
  synced: false,
  settings:
    'bulk: one `addBulk`; `removeOnComplete`; a completion counts when Redis has confirmed it',
  async open({ concurrency, deliver }) {
    const connection = { url: urlOf('redis'), maxRetriesPerRequest: null }
    const queue = new Queue<number>(QUEUE, {
      connection,
      defaultJobOptions: { removeOnComplete: true },
    })
    await queue.obliterate({ force: true })
    const completions = new Count()
    let worker: Worker<number> | undefined
    return {
      submit: (input) => queue.add(QUEUE, input),
      submitAll: (inputs) => queue.addBulk(inputs.map((data) => ({ name: QUEUE, data }))),
      async work() {
        worker = new Worker<number>(QUEUE, async ({ data }) => deliver(data), {
          connection,
          concurrency,
        })
        worker.on('completed', () => completions.add())
        worker.on('error', (error) => console.error(error))
        await worker.waitUntilReady()
      },
      settled: (count) => completions.reaches(count),
      async close() {
        await worker?.close()
        await queue.obliterate({ force: true })
        await queue.close()
      },
    }
  },
}
