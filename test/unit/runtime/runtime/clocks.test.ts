import { expect, test } from 'vitest'
import { definePlan } from '../../../../src/plan/define.ts'
import { compilePlan } from '../../../../src/plan/load.ts'
import { memoryStore } from '../../../../src/stores/memory/store.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { makeRuntime, planOf, startRuntime } from '../../../support/runtimes.ts'

const never = () => new Promise(() => {})

test('A crash in the middle neither loses nor restarts the clock of the execution.', async () => {
  const store = memoryStore()
  const clock = new ManualClock()
  const plan = planOf({ slow: { run: never, timeout: '50s' } })
  const lost = await startRuntime(plan, { grace: 0 }, store, clock)
  const handle = await lost.runtime.submit('plan/slow')
  await clock.advance('5s')
  const record = await store.get(handle.id)
  const begun = clock.now() - 5000
  expect(record?.deadline).toEqual({ phase: 'executing', at: begun + 50_000 })
  // The first holder is gone from the store's point of view: its lease ends.
  await store.rescue({
    now: clock.now(),
    deadOwners: [record?.lease?.owner ?? ''],
    maxDeliveries: 3,
  })
  const next = await startRuntime(plan, { grace: 0 }, store, clock)
  expect((await store.get(handle.id))?.deadline?.at).toBe(begun + 50_000)
  await clock.advance('44s')
  expect((await next.runtime.get(handle.id))?.status).toBe('running')
  await clock.advance('2s')
  expect(await next.runtime.get(handle.id)).toMatchObject({
    status: 'failed',
    error: { kind: 'timeout' },
  })
})

test('A task of mode sync runs in a thread and is settled like any other.', async () => {
  const module = new URL('../../../fixtures/workers/handlers.ts', import.meta.url)
  const tasks = { where: { mode: 'sync' as const, run: { module, name: 'whereabouts' } } }
  const { runtime } = makeRuntime(compilePlan(definePlan({ name: 'plan', tasks })))
  await runtime.start()
  expect(await runtime.call('plan/where')).toMatchObject({ isMainThread: false })
})

test('Work in a thread that ignores its signal is cancelled when its worker is gone.', async () => {
  const module = new URL('../../../fixtures/workers/handlers.ts', import.meta.url)
  const tasks = {
    deaf: { mode: 'sync' as const, run: { module, name: 'deaf' } },
    where: { mode: 'sync' as const, run: { module, name: 'whereabouts' } },
  }
  const started = Promise.withResolvers<void>()
  const none = () => {}
  const logger = { debug: none, info: () => started.resolve(), warn: none, error: none }
  const options = { workers: { sync: 1 }, logger }
  const plan = compilePlan(definePlan({ name: 'plan', tasks }))
  const { runtime, clock } = await startRuntime(plan, options)
  const deaf = await runtime.submit('plan/deaf')
  await started.promise
  const ended = deaf.result().catch((error: unknown) => error)
  await deaf.cancel()
  await clock.advance('5s')
  expect(await ended).toMatchObject({ kind: 'cancelled' })
  expect(await runtime.call('plan/where')).toBeDefined()
})
