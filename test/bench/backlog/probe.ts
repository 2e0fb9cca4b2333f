import { createRuntime, sqliteStore } from '../../../src/index.ts'
import { quantile } from '../spread.ts'
import { plan } from './plan.ts'

const CONCURRENCY = 50
const CLAIMS = 10

/** What one process saw of a backlog. */
export interface Sight {
  /** Milliseconds until `start()` resolved. */
  readonly start: number
  /** Milliseconds until as many handlers ran as may run at once. */
  readonly busy: number
  /** Microseconds a tasklet, of the claim in the middle. */
  readonly claim: number
  /** Bytes of resident memory, more than before the database was opened. */
  readonly growth: number
}

const [empty = '', file = ''] = process.argv.slice(2)
// The code is loaded and has run once before anything is measured.
await startAndStop(empty, 0)
await claimSome(empty)
globalThis.gc?.()
const before = process.memoryUsage.rss()
const { start, busy } = await startAndStop(file, CONCURRENCY)
const claim = await claimSome(file)
const growth = process.memoryUsage.rss() - before
console.log(JSON.stringify({ start, busy, claim, growth } satisfies Sight))

async function startAndStop(database: string, running: number) {
  const begin = performance.now()
  const store = sqliteStore(database, { durability: 'full' })
  const runtime = await createRuntime({ plans: [plan], store, concurrency: CONCURRENCY })
  const executing = untilExecuting(runtime, running)
  await runtime.start()
  const start = performance.now() - begin
  await executing
  const busy = performance.now() - begin
  await runtime.stop()
  return { start, busy }
}

async function untilExecuting(
  runtime: Awaited<ReturnType<typeof createRuntime>>,
  running: number,
): Promise<void> {
  if (running === 0) return
  const { promise, resolve } = Promise.withResolvers<void>()
  let count = 0
  const off = runtime.events.on('tasklet.phase', ({ data }) => {
    if (data.phase === 'executing') count += 1
    if (count === running) resolve()
  })
  await promise
  off()
}

/** The claims of a busy queue, without the wait for the disk. */
async function claimSome(database: string): Promise<number> {
  const store = sqliteStore(database, { durability: 'relaxed' })
  await store.open()
  const durations: number[] = []
  for (let claim = 0; claim < CLAIMS; claim += 1) {
    const now = Date.now()
    const request = { queue: 'main', owner: 'bench', limit: CONCURRENCY, now }
    const begin = performance.now()
    const claimed = await store.claim({
      ...request,
      leaseUntil: now + 60_000,
      skipTasks: [],
      knownPlans: [plan.name],
    })
    durations.push(performance.now() - begin)
    if (database !== empty && claimed.length !== CONCURRENCY) {
      throw new Error(`a claim of ${CONCURRENCY} gave ${claimed.length}`)
    }
  }
  await store.close()
  return (quantile(durations, 0.5) * 1000) / CONCURRENCY
}
