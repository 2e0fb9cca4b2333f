import { createRuntime } from '../../../src/index.ts'
import { toEngines } from '../engines/engines.ts'
import type { Notice, Order } from './messages.ts'
import { compute, toPlan } from './work.ts'

// One worker process, as `setpoint worker` runs: a runtime, and nothing that submits. It stays for all
// rounds, so that its code is compiled when it counts; each round has a runtime of its own.

/** Milliseconds between two notices of what was completed. */
const PAUSE = 5

let go = () => {}
let end: () => Promise<readonly number[]> = async () => []

process.on('message', (order: Order) => void obey(order))
process.on('disconnect', () => process.exit())

async function obey(order: Order): Promise<void> {
  try {
    if (order.type === 'begin') await begin(order)
    else if (order.type === 'go') go()
    else tell({ type: 'ended', delivered: await end() })
  } catch (error) {
    tell({ type: 'failed', error: error instanceof Error ? (error.stack ?? '') : String(error) })
  }
}

async function begin({ engines, work, concurrency }: Order & { type: 'begin' }): Promise<void> {
  const going = Promise.withResolvers<void>()
  const delivered: number[] = []
  let waiting = 0
  const plan = toPlan(async (input) => {
    waiting += 1
    if (waiting === concurrency) tell({ type: 'full' })
    await going.promise
    if (work === 'computing') compute()
    delivered.push(input)
  })
  const runtime = await createRuntime({ plans: [plan], concurrency, ...toEngines(engines) })
  const completions = new Completions()
  runtime.events.on('tasklet.completed', () => completions.add())
  go = going.resolve
  end = async () => {
    await runtime.stop()
    return delivered
  }
  await runtime.start()
}

/** A message for each would be a part of what is measured. */
class Completions {
  #count = 0

  add(): void {
    if (this.#count === 0) setTimeout(() => this.#tell(), PAUSE)
    this.#count += 1
  }

  #tell(): void {
    tell({ type: 'completed', count: this.#count })
    this.#count = 0
  }
}

function tell(notice: Notice): void {
  process.send?.(notice)
}
