import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRuntime, definePlan, sqliteStore } from '../../../src/index.ts'
import { Count } from './count.ts'
import type { Peer } from './peer.ts'

export const setpoint: Peer = {
  name: 'Setpoint',
  durability: 'SQLite, `durability: full`: every commit is synced',
  synced: true,
  settings:
    'bulk: `submit` for each without waiting in between; a completion counts when its settlement is committed',
  async open({ concurrency, deliver }) {
    const folder = mkdtempSync(join(tmpdir(), 'setpoint-bench-'))
    const working = Promise.withResolvers<void>()
    const completions = new Count()
    const plan = definePlan({
      name: 'bench',
      tasks: {
        // Before `work`, as many as may run at once wait in here and the others in the queue.
        deliver: async ({ input }) => {
          await working.promise
          deliver(Number(input))
        },
      },
    })
    const runtime = await createRuntime({
      plans: [plan],
      store: sqliteStore(join(folder, 'bench.db'), { durability: 'full' }),
      concurrency,
    })
    runtime.events.on('tasklet.completed', () => completions.add())
    await runtime.start()
    const submit = (input: number) => runtime.submit('bench/deliver', input)
    return {
      submit,
      submitAll: (inputs) => Promise.all(inputs.map(submit)),
      work: async () => working.resolve(),
      settled: (count) => completions.reaches(count),
      async close() {
        await runtime.stop()
        rmSync(folder, { recursive: true, force: true })
      },
    }
  },
}
