import { Logger, makeWorkerUtils, type Runner, run } from 'graphile-worker'
import { createPostgresDatabase } from '../engines/postgres-database.ts'
import { Count } from './count.ts'
import type { Peer } from './peer.ts'

const TASK = 'deliver'
/** A completed job is deleted. */
const SETTLED = 'SELECT NOT EXISTS (SELECT FROM graphile_worker._private_jobs) AS done'
/** Jobs fetched at once; its own performance test uses as many. */
const LOCAL_QUEUE = 500

export const graphileWorker: Peer = {
  name: 'graphile-worker',
  needs: ['postgres'],
  durability: 'PostgreSQL, fsync and synchronous_commit on: every commit is synced',
  synced: true,
  settings: `bulk: one \`addJobs\`; \`localQueue.size\` ${LOCAL_QUEUE} and \`completeJobBatchDelay\` 0 where throughput is measured, neither elsewhere; 20 connections; a completion counts when its job is gone from the table`,
  async open({ concurrency, deliver, favour }) {
    const database = await createPostgresDatabase('bench_graphile_worker')
    const preset = {
      worker: {
        connectionString: database.url,
        concurrentJobs: concurrency,
        maxPoolSize: 20,
        logger: new Logger(() => () => {}),
        ...(favour === 'throughput' && {
          localQueue: { size: LOCAL_QUEUE },
          completeJobBatchDelay: 0,
        }),
      },
    }
    const producer = await makeWorkerUtils({ preset })
    await producer.migrate()
    const deliveries = new Count()
    let runner: Runner | undefined
    return {
      submit: (input) => producer.addJob(TASK, { input }),
      submitAll: (inputs) =>
        producer.addJobs(inputs.map((input) => ({ identifier: TASK, payload: { input } }))),
      async work() {
        const handler = async (payload: unknown) => {
          deliver((payload as { readonly input: number }).input)
          deliveries.add()
        }
        runner = await run({ preset, taskList: { [TASK]: handler } })
      },
      async settled(count) {
        await deliveries.reaches(count)
        await database.until(SETTLED)
      },
      async close() {
        await runner?.stop()
        await producer.release()
        await database.drop()
      },
    }
  },
}
