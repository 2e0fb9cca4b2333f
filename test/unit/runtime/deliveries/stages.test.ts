import { expect, test, vi } from 'vitest'
import type { Tasklet } from '../../../../src/core/tasklet.ts'
import type { Task } from '../../../../src/plan/model.ts'
import { Deadlines } from '../../../../src/runtime/deadlines.ts'
import { type StageServices, Stages } from '../../../../src/runtime/deliveries/stages.ts'
import { TimeLimits } from '../../../../src/runtime/deliveries/time-limits.ts'
import { EventBus } from '../../../../src/runtime/events/event-bus.ts'
import { HookRunner } from '../../../../src/runtime/hooks.ts'
import { makeDelivery } from '../../../support/deliveries.ts'
import { ManualClock } from '../../../support/manual-clock.ts'

function makeStages(granted: boolean, tasklet: Partial<Tasklet> = {}, task: Partial<Task> = {}) {
  const clock = new ManualClock(1000)
  const deadlines = new Deadlines(clock)
  const limits = new TimeLimits({
    clock,
    deadlines,
    lease: 30_000,
    planningTimeout: 300_000,
    noteDeadline: () => {},
  })
  const run = vi.fn((): unknown => new Promise(() => {}))
  const services = {
    clock,
    deadlines,
    limits,
    grants: { request: () => granted },
    hooks: new HookRunner(clock, 1000),
    settlements: { onWrite: () => {} },
    bus: new EventBus(clock, () => {}),
    rules: { now: () => clock.now(), random: () => 0 },
    grace: 5000,
    takeWorker: () => undefined,
    secure: () => undefined,
    waits: () => {},
    run,
  }
  // What these tests do not reach is left out.
  const stages = new Stages(services as unknown as StageServices)
  const delivery = makeDelivery(tasklet, task)
  delivery.granted = granted
  return { stages, delivery, clock, run }
}

test('A delivery that waits too long for its grant ends, without spending an attempt.', async () => {
  const { stages, delivery, clock } = makeStages(false, { timeouts: { acquire: 300 } })
  stages.acquire(delivery)
  await clock.advance(299)
  expect(delivery.outcome).toBeUndefined()
  await clock.advance(1)
  expect(delivery.outcome).toMatchObject({
    status: 'failed',
    attempts: 0,
    error: { kind: 'acquire-timeout', message: expect.stringContaining('300 ms') },
  })
})

test('The clock of the wait stops with the wait.', async () => {
  const { stages, delivery, clock, run } = makeStages(false, { timeouts: { acquire: 300 } })
  stages.acquire(delivery)
  delivery.granted = true
  stages.execute(delivery)
  await clock.advance(1000)
  expect(run).toHaveBeenCalledOnce()
  expect(delivery.outcome).toBeUndefined()
})

test('A handler is not started again when a delivery before has used up the time.', () => {
  const deadline = { phase: 'executing', at: 900 } as const
  const { stages, delivery, run } = makeStages(true, { timeout: 60_000, deadline })
  stages.execute(delivery)
  expect(run).not.toHaveBeenCalled()
  expect(delivery.outcome).toMatchObject({ error: { kind: 'timeout' }, attempts: 1 })
})

test('What is left of the time is what a delivery before has left.', async () => {
  const deadline = { phase: 'executing', at: 1100 } as const
  const { stages, delivery, clock, run } = makeStages(true, { timeout: 60_000, deadline })
  run.mockImplementation(
    () => new Promise((_, reject) => delivery.signal.addEventListener('abort', () => reject(1))),
  )
  stages.execute(delivery)
  await clock.advance(99)
  expect(delivery.outcome).toBeUndefined()
  await clock.advance(1)
  expect(delivery.outcome).toMatchObject({ error: { kind: 'timeout' } })
})

test('Work in a worker is over when its worker is, however long after the grace that is.', async () => {
  const gone = Promise.withResolvers<never>()
  const { stages, delivery, clock, run } = makeStages(true, {}, { mode: 'cpu' })
  run.mockReturnValue(gone.promise)
  stages.execute(delivery)
  stages.stop(delivery, { kind: 'cancelled', message: 'enough' })
  await clock.advance('1m')
  expect(delivery.outcome).toBeUndefined()
  gone.reject(new Error('killed'))
  await clock.advance(0)
  expect(delivery.outcome).toMatchObject({ status: 'cancelled' })
})
