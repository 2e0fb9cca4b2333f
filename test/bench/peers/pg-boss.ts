import { PgBoss } from 'pg-boss'
import { createPostgresDatabase } from '../engines/postgres-database.ts'
import { Count } from './count.ts'
import type { Peer } from './peer.ts'

const QUEUE = 'deliver'
const SETTLED = `SELECT NOT EXISTS (SELECT FROM pgboss.job
  WHERE name = '${QUEUE}' AND state <> 'completed') AS done`

export const pgBoss: Peer = {
  name: 'pg-boss',
  needs: ['postgres'],
  durability: 'PostgreSQL, fsync and synchronous_commit on: every commit is synced',
  synced: true,
  settings:
    'bulk: one `insert`; one worker with `batchSize` = concurrency, `burstWhenBatchFull`, LISTEN/NOTIFY on (off where submissions alone are measured), 20 connections, no supervision or schedules; a completion counts when its job is `completed` in the table',
  async open({ concurrency, deliver, favour }) {
    // A notification makes commits wait for each other, and nothing listens during submissions.
    const notify = favour !== 'submission'
    const database = await createPostgresDatabase('bench_pg_boss')
    const boss = new PgBoss({
      connectionString: database.url,
      max: 20,
      useListenNotify: notify,
      supervise: false,
      schedule: false,
    })
    boss.on('error', (error) => console.error(error))
    await boss.start()
    await boss.createQueue(QUEUE, { notify })
    const deliveries = new Count()
    const options = {
      batchSize: concurrency,
      burstWhenBatchFull: true,
      pollingIntervalSeconds: 0.5,
    }
    return {
      submit: (input) => boss.send(QUEUE, { input }),
      submitAll: (inputs) =>
        boss.insert(
          QUEUE,
          inputs.map((input) => ({ data: { input } })),
        ),
      async work() {
        await boss.work<{ input: number }>(QUEUE, options, async (jobs) => {
          for (const { data } of jobs) {
            deliver(data.input)
            deliveries.add()
          }
        })
      },
      async settled(count) {
        await deliveries.reaches(count)
        await database.until(SETTLED)
      },
      async close() {
        await boss.stop({ graceful: true })
        await database.drop()
      },
    }
  },
}
