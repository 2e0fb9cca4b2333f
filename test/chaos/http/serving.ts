// A server in a process of its own: `node serving.ts SETTINGS`, which is JSON. It prints its port
// when it listens, and stops in good order when its parent closes its stdin.
import { join } from 'node:path'
import { createRuntime } from '../../../src/create-runtime.ts'
import { serve } from '../../../src/gateway/server.ts'
import { sqliteStore } from '../../../src/stores/sqlite/store.ts'
import { chaosPlan } from '../plan.ts'
import { Witness, witnessSettlements } from '../witness.ts'
import { CONCURRENCY } from '../work.ts'
import { FILES } from '../worker-settings.ts'
import { junkRuntimePlan } from './junk-runtime-plan.ts'
import type { ServingSettings } from './server-process.ts'

const {
  folder,
  plan,
  queueSize,
  serve: given,
} = JSON.parse(process.argv[2] ?? '') as ServingSettings
const witness = new Witness(join(folder, FILES.witness))
const nothing = () => {}

const runtime = await createRuntime({
  plans: [plan === 'junk' ? junkRuntimePlan() : chaosPlan({ folder, witness, begin: nothing })],
  store: sqliteStore(join(folder, FILES.database)),
  concurrency: CONCURRENCY,
  queues: { main: { maxSize: queueSize }, junk: { concurrency: 2, maxSize: 50 }, parked: {} },
})
if (plan === 'chaos') witnessSettlements(runtime, witness)
await runtime.start()
const server = await serve(runtime, { ...given, port: 0 })
console.log(JSON.stringify({ port: server.port }))
process.stdin.resume().on('end', () => void end())

async function end(): Promise<void> {
  server.drain()
  await runtime.stop({ drain: '10s' })
  await server.close()
  witness.close()
}
