import type { ErrorRecord } from '../../../../src/core/errors.ts'
import type { Tasklet } from '../../../../src/core/tasklet.ts'
import type { Plan, Task } from '../../../../src/plan/model.ts'
import type { Store } from '../../../../src/ports/store.ts'
import type { ClaimRequest } from '../../../../src/ports/store-messages.ts'
import { Registry } from '../../../../src/runtime/plans/registry.ts'
import { memoryStore } from '../../../../src/stores/memory/store.ts'
import {
  claimOf,
  claimOne,
  newTasklet,
  settlementOf,
} from '../../../../src/testing/store-contract/records.ts'
import { makeTask } from '../../../support/deliveries.ts'
import { ManualClock } from '../../../support/manual-clock.ts'

export const ERROR: ErrorRecord = { kind: 'error', message: 'it broke' }

/** An open store, a clock, and what was told about them. */
export async function makeScene() {
  const store = memoryStore()
  await store.open()
  const clock = new ManualClock()
  const told = { changed: [] as Tasklet[], ready: [] as string[], due: [] as number[] }
  const changes = {
    changed: (tasklets: readonly Tasklet[]) => void told.changed.push(...tasklets),
    ready: (queue: string) => void told.ready.push(queue),
    expect: (at: number) => void told.due.push(at),
  }
  const claimRequest = (queue: string) => claimOf({ queue, now: clock.now() })
  return { store, clock, told, changes, claimRequest }
}

/** Stores a record at the scene's time and returns it as it is then. */
export async function add(
  { store, clock }: { store: Store; clock: ManualClock },
  changes: Partial<Tasklet> = {},
): Promise<Tasklet> {
  const now = clock.now()
  const [outcome] = await store.insert([newTasklet({ createdAt: now, updatedAt: now, ...changes })])
  if (outcome === undefined) throw new Error('the store has not answered')
  return outcome.tasklet
}

export async function start(
  { store, clock }: { store: Store; clock: ManualClock },
  changes: Partial<ClaimRequest> = {},
): Promise<Tasklet> {
  return claimOne(store, { now: clock.now(), leaseUntil: clock.now() + 30_000, ...changes })
}

/** Stores a record, starts it, and lets it end. */
export async function end(
  scene: { store: Store; clock: ManualClock },
  status: 'completed' | 'failed',
  changes: Partial<Tasklet> = {},
): Promise<Tasklet> {
  const { id, queue } = await add(scene, { priority: 0, ...changes })
  const started = await start(scene, { queue })
  if (started.id !== id) throw new Error(`${started.id} was started instead of ${id}`)
  const error = status === 'failed' ? ERROR : undefined
  const attempts = status === 'failed' ? 1 : 0
  const at = scene.clock.now()
  await scene.store.settle([settlementOf(started, { status, error, attempts, at })])
  return current(scene.store, id)
}

export async function current(store: Store, id: string): Promise<Tasklet> {
  const tasklet = await store.get(id)
  if (tasklet === undefined) throw new Error(`tasklet ${id} is not stored`)
  return tasklet
}

/** A registry with the one plan `plan` and these tasks. */
export function registryOf(tasks: Readonly<Record<string, Partial<Task>>>): Registry {
  const plan: Plan = {
    name: 'plan',
    version: 'new version',
    description: undefined,
    folder: undefined,
    resources: {},
    resourceLimits: {},
    transitionUnits: {},
    world: undefined,
    interrupts: [],
    schedules: [],
    warnings: [],
    tasks: new Map(
      Object.entries(tasks).map(([name, task]) => [name, makeTask({ name, ...task })]),
    ),
  }
  return new Registry([plan], {})
}
