import { onTestFinished } from 'vitest'
import type { RuntimeEvent } from '../../src/core/events.ts'
import { definePlan } from '../../src/plan/define.ts'
import { compilePlan } from '../../src/plan/load.ts'
import type { Plan } from '../../src/plan/model.ts'
import type { Store } from '../../src/ports/store.ts'
import type { RuntimeOptions } from '../../src/runtime/options/options.ts'
import { Runtime } from '../../src/runtime/runtime.ts'
import { memoryStore } from '../../src/stores/memory/store.ts'
import { keptLog } from './logs.ts'
import { ManualClock } from './manual-clock.ts'

type Tasks = Parameters<typeof definePlan>[0]['tasks']

/** The plan `plan` without a machine. */
export function planOf(tasks: object, settings: object = {}): Plan {
  const definition = { name: 'plan', ...settings, tasks: tasks as Tasks }
  return compilePlan(definePlan(definition))
}

/** A runtime on a manual clock that has not started yet; it is stopped when the test is over. */
export function makeRuntime(
  plan: Plan,
  options: RuntimeOptions = {},
  store: Store = memoryStore(),
  clock = new ManualClock(),
) {
  const log = keptLog()
  const settings = { concurrency: 4, random: () => 0, clock, logger: log, ...options }
  const runtime = new Runtime([plan], store, settings)
  const events: RuntimeEvent[] = []
  runtime.events.on('**', (event) => events.push(event))
  onTestFinished(async () => {
    if (runtime.status === 'created' || runtime.status === 'stopped') return
    const stopping = runtime.stop()
    await clock.advance('1m')
    await stopping
  })
  return { runtime, clock, store, log, events }
}

export async function startRuntime(...given: Parameters<typeof makeRuntime>) {
  const made = makeRuntime(...given)
  await made.runtime.start()
  return made
}
