import { expect, test, vi } from 'vitest'
import { startRuntime } from '../../../support/runtimes.ts'
import { planOfSteps, run, sequence, sleep, waitFor } from '../../../support/step-programs.ts'
import { watchedStore } from '../../../support/watched-store.ts'

test('A run is passivated as soon as a store that fails takes it, and no attempt is spent.', async () => {
  const { store, fail } = watchedStore()
  const before = vi.fn(() => {
    fail('recordStep', 5)
    return 'a'
  })
  const program = sequence(run('before', before), sleep('nap', '1h'))
  const { runtime, clock, events } = await startRuntime(planOfSteps({ job: program }), {}, store)
  const job = await runtime.submit('plan/job')
  await clock.advance('10s')
  expect(await runtime.get(job.id)).toMatchObject({ status: 'scheduled', attempts: 0 })
  expect(events.filter(({ name }) => name === 'store.failed')).toHaveLength(5)
  await clock.advance('1h')
  expect(await job.result()).toMatchObject({ before: 'a' })
  expect(before).toHaveBeenCalledOnce()
})

test('A step marked once, which is done, is not done again because the store fails.', async () => {
  const { store, fail } = watchedStore()
  const once = vi.fn(() => {
    fail('recordStep', 2)
    return 'done'
  })
  const plan = planOfSteps({ job: sequence(run('once', once, { once: true })) })
  const { runtime, clock } = await startRuntime(plan, {}, store)
  const job = await runtime.submit('plan/job')
  await clock.advance('10s')
  expect(await job.result()).toEqual({ once: 'done' })
  expect(once).toHaveBeenCalledOnce()
})

test('A wait is opened as soon as a store that fails takes it.', async () => {
  const { store, fail } = watchedStore()
  const program = sequence(
    run('before', () => fail('writeFact', 3)),
    waitFor('go', 'go'),
  )
  const { runtime, clock } = await startRuntime(planOfSteps({ job: program }), {}, store)
  const job = await runtime.submit('plan/job')
  await clock.advance('10s')
  expect((await runtime.get(job.id))?.status).toBe('scheduled')
  runtime.events.emit('go', 1)
  await clock.advance('1s')
  expect(await job.result()).toMatchObject({ go: { data: 1 } })
})

test('What was kept is asked for until a store that fails gives it.', async () => {
  const { store, fail } = watchedStore()
  const before = vi.fn(() => 'a')
  const program = sequence(run('before', before), sleep('nap', '1h'))
  const { runtime, clock } = await startRuntime(planOfSteps({ job: program }), {}, store)
  const job = await runtime.submit('plan/job')
  await clock.advance('10s')
  fail('steps', 2)
  await clock.advance('2h')
  expect(await job.result()).toMatchObject({ before: 'a' })
  expect(before).toHaveBeenCalledOnce()
})

test('A run whose store fails can be cancelled.', async () => {
  const { store, fail } = watchedStore()
  const program = sequence(
    run('before', () => fail('recordStep', Number.POSITIVE_INFINITY)),
    sleep('nap', '1h'),
  )
  const { runtime, clock } = await startRuntime(planOfSteps({ job: program }), {}, store)
  const job = await runtime.submit('plan/job')
  await clock.advance('10s')
  expect((await runtime.get(job.id))?.status).toBe('running')
  await runtime.cancel(job.id)
  await clock.advance('1s')
  expect((await runtime.get(job.id))?.status).toBe('cancelled')
})
