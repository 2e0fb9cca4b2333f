import { onTestFinished } from 'vitest'
import { NEVER } from '../../../../src/core/duration.ts'
import type { Tasklet } from '../../../../src/core/tasklet.ts'
import type { Store } from '../../../../src/ports/store.ts'
import { EventBus } from '../../../../src/runtime/events/event-bus.ts'
import { Waits } from '../../../../src/runtime/waits/waits.ts'
import { memoryStore } from '../../../../src/stores/memory/store.ts'
import { settlementOf, startNew } from '../../../../src/testing/store-contract/records.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'

export const GIVEN = 'approval.given'

/** What one process has. */
export async function makeWaits(store: Store = memoryStore(), clock = new ManualClock()) {
  await store.open()
  const woken: string[] = []
  const errors: string[] = []
  const report = (error: unknown) => errors.push((error as Error).message)
  const bus = new EventBus(clock, report)
  const waits = new Waits({
    store,
    clock,
    bus,
    changed: (tasklets) => woken.push(...tasklets.map(({ id }) => id)),
    failed: report,
    storeFailed: (_, error) => report(error),
  })
  onTestFinished(() => waits.stop())
  return { store, clock, bus, waits, woken, errors }
}

type Process = Awaited<ReturnType<typeof makeWaits>>

export function open({ waits }: Process, taskletId: string, changes: object = {}) {
  return waits.open({
    taskletId,
    key: 'gate',
    pattern: GIVEN,
    where: undefined,
    scope: {},
    ...changes,
  })
}

export async function sleeper({ store }: Process): Promise<Tasklet> {
  const started = await startNew(store)
  await sleep(store, started)
  return started
}

export async function sleep(store: Store, started: Tasklet): Promise<Tasklet | undefined> {
  const [outcome] = await store.settle([
    settlementOf(started, { status: 'scheduled', notBefore: NEVER }),
  ])
  return outcome?.accepted ? outcome.tasklet : undefined
}

export async function emit({ bus }: Process, data?: unknown, name = GIVEN): Promise<void> {
  bus.publish(name, data)
  await allDone()
}

export async function stored({ store }: Process) {
  return (await store.facts('wait')).map(({ key, value }) => ({ key, ...(value as object) }))
}
