import { expect, it } from 'vitest'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import type { Store } from '../../../../src/ports/store.ts'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { newDatabaseFile } from '../../../support/database-file.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'
import { makeRuntime, planOf, startRuntime } from '../../../support/runtimes.ts'
import { sharedStore } from '../../../support/shared-store.ts'

const LEASE = { lease: { duration: '30s' } }

/** Two ways to one store: one object, or two connections to one file. */
const WAYS: readonly (readonly [name: string, make: () => readonly [Store, Store]])[] = [
  ['memory', () => [sharedStore()].flatMap((store) => [store, store]) as [Store, Store]],
  [
    'sqlite',
    () => {
      const file = newDatabaseFile()
      return [sqliteStore(file), sqliteStore(file)]
    },
  ],
]

it.each(WAYS)('work is cancelled from another runtime on one %s store', async (_, make) => {
  const [ours, theirs] = make()
  const started = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  const plan = planOf({
    task: async ({ signal }: TaskContext) => {
      started.resolve()
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      await ended.promise
    },
  })
  const here = await startRuntime(plan, LEASE, ours)
  const task = await here.runtime.submit('plan/task')
  await started.promise
  const there = await startRuntime(plan, LEASE, theirs, new ManualClock(here.clock.now()))

  expect(await there.runtime.cancel(task.id, 'enough')).toBe('requested')
  const failed = expect(task.result()).rejects.toMatchObject({ kind: 'cancelled' })
  // No later than the next renewal of the lease; and it is over only when the handler is.
  await here.clock.advance('10s')
  expect(await there.runtime.get(task.id)).toMatchObject({ status: 'running' })
  ended.resolve()
  await failed
  await allDone()
  const error = { kind: 'cancelled', message: 'enough' }
  expect(await there.runtime.get(task.id)).toMatchObject({
    status: 'cancelled',
    attempts: 0,
    error,
  })
})

it('what waits is cancelled from another runtime at once, and never runs', async () => {
  const file = newDatabaseFile()
  const seen: string[] = []
  const plan = planOf({ task: () => seen.push('ran') })
  const here = await startRuntime(plan, LEASE, sqliteStore(file))
  const task = await here.runtime.submit('plan/task', undefined, { delay: '1m' })
  const there = makeRuntime(plan, LEASE, sqliteStore(file), new ManualClock(here.clock.now()))
  await there.runtime.start()
  expect(await there.runtime.cancel(task.id, 'enough')).toBe('cancelled')
  for (const { clock } of [here, there]) await clock.advance('2m')
  expect(await here.runtime.get(task.id)).toMatchObject({ status: 'cancelled' })
  expect(seen).toEqual([])
})
