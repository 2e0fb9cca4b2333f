import { createRuntime } from '../../../src/index.ts'
import { Deliveries } from '../deliveries.ts'
import {
  type EngineAddresses,
  type EngineSet,
  prepareEngines,
  toEngines,
} from '../engines/engines.ts'
import type { Outcome } from '../outcome.ts'
import { watchCores } from './cores.ts'
import type { WorkerProcesses } from './processes.ts'
import { compute, TASK, toPlan, type Work } from './work.ts'

const CONCURRENCY = 50
const TRIALS = 20

export interface ShiftSize {
  readonly name: string
  readonly engines: EngineSet
  readonly work: Work
  readonly size: number
}

/** Submits, lets the workers drain what was submitted, and checks it. */
export async function runShift(
  processes: WorkerProcesses,
  { name, engines, work, size }: ShiftSize,
): Promise<Outcome> {
  const { addresses, drop } = await prepareEngines(engines, name)
  try {
    await submit(addresses, size)
    const computing = timeOfComputing()
    await processes.begin({ engines: addresses, work, concurrency: CONCURRENCY })
    const readCores = watchCores()
    const start = performance.now()
    await processes.work(size)
    const seconds = (performance.now() - start) / 1000
    const cores = readCores()
    await check(addresses, await processes.end(), size)
    return { figures: { perSecond: size / seconds, cores, computing } }
  } finally {
    await drop()
  }
}

/** By a process that runs nothing, and has told the broker of everything when it stops. */
async function submit(addresses: EngineAddresses, size: number): Promise<void> {
  const runtime = await createRuntime({
    plans: [toPlan(() => {})],
    work: [],
    ...toEngines(addresses),
  })
  await runtime.start()
  await Promise.all(Array.from({ length: size }, (_, input) => runtime.submit(TASK, input)))
  await runtime.stop()
}

/** @throws {Error} unless each was delivered exactly once and is kept as completed. */
async function check(
  addresses: EngineAddresses,
  delivered: readonly number[],
  size: number,
): Promise<void> {
  const deliveries = new Deliveries(size)
  for (const input of delivered) deliveries.deliver(input)
  deliveries.requireExactlyOnce()
  const { store } = toEngines(addresses)
  await store.open()
  const { completed } = await store.counts()
  await store.close()
  if (completed !== size) throw new Error(`${completed} of ${size} tasklets are kept as completed`)
}

/** Milliseconds that a handler computes while nothing else runs. */
function timeOfComputing(): number {
  const times = Array.from({ length: TRIALS }, () => {
    const start = performance.now()
    compute()
    return performance.now() - start
  })
  return Math.min(...times)
}
