import { describe, expect, it, onTestFinished, test, vi } from 'vitest'
import { RetryLater } from '../../../../src/core/errors.ts'
import type { Plan } from '../../../../src/plan/model.ts'
import type { Runtime } from '../../../../src/runtime/runtime.ts'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { newDatabaseFile } from '../../../support/database-file.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { startRuntime } from '../../../support/runtimes.ts'
import { wayTo } from '../../../support/shared-store.ts'
import {
  parallel,
  planOfSteps,
  run,
  sequence,
  sleep,
  waitFor,
} from '../../../support/step-programs.ts'
import { STORES } from '../../../support/stores.ts'

const fixed = (attempts: number) => ({ attempts, backoff: { type: 'fixed', delay: 100 } })

/** A runtime on the file; the clock goes on from one to the next. */
async function open(file: string, plan: Plan, clock: ManualClock) {
  return await startRuntime(plan, { concurrency: 1 }, sqliteStore(file), clock)
}

/** Resolves with the next event of the name. */
function next(runtime: Runtime, name: string): Promise<unknown> {
  return new Promise((resolve) => runtime.events.once(name, resolve))
}

async function stop(runtime: { stop(): Promise<unknown> }, clock: ManualClock) {
  const stopping = runtime.stop()
  await clock.advance('1m')
  await stopping
}

describe.each(STORES)('On the %s store a run that only waits', (_, makeStore) => {
  it('holds neither slot nor attempt, and goes on when the event comes.', async () => {
    const before = vi.fn(() => 'a')
    const program = sequence(run('before', before), waitFor('approval', 'approval.*'))
    const plan = planOfSteps({ job: program }, { other: () => 'other' })
    const { runtime } = await startRuntime(plan, { concurrency: 1 }, makeStore())
    const passivated = next(runtime, 'tasklet.scheduled')
    const job = await runtime.submit('plan/job')
    await passivated
    expect(await runtime.get(job.id)).toMatchObject({ status: 'scheduled', attempts: 0 })
    expect(await runtime.call('plan/other')).toBe('other')
    runtime.events.emit('approval.given', { by: 'me' })
    const { approval, ...rest } = (await job.result()) as { approval: object }
    expect(approval).toMatchObject({ name: 'approval.given', data: { by: 'me' } })
    expect(rest).toEqual({ before: 'a' })
    expect(before).toHaveBeenCalledOnce()
  })

  it('sleeps until its time, and not longer.', async () => {
    const after = vi.fn(() => 'after')
    const plan = planOfSteps({ job: sequence(sleep('nap', '1h'), run('after', after)) })
    const { runtime, clock } = await startRuntime(plan, {}, makeStore())
    const job = await runtime.submit('plan/job')
    await clock.advance(3_599_999)
    expect(after).not.toHaveBeenCalled()
    expect((await runtime.get(job.id))?.status).toBe('scheduled')
    await clock.advance(1)
    expect(await job.result()).toMatchObject({ after: 'after' })
  })

  it('is not put off while something else of it works, and hears its event there.', async () => {
    const end = Promise.withResolvers<string>()
    const program = parallel(
      run('work', () => end.promise),
      waitFor('go', 'go'),
    )
    const { runtime, clock } = await startRuntime(planOfSteps({ job: program }), {}, makeStore())
    const job = await runtime.submit('plan/job')
    await clock.advance('1m')
    expect((await runtime.get(job.id))?.status).toBe('running')
    runtime.events.emit('go', 1)
    await clock.advance(0)
    end.resolve('done')
    expect(await job.result()).toMatchObject({ work: 'done', go: { data: 1 } })
    expect((await runtime.get(job.id))?.deliveries).toBe(1)
  })

  it('ends a wait that takes too long, and fails with what it waited for.', async () => {
    const plan = planOfSteps({ job: sequence(waitFor('approval', 'approval', 60_000)) })
    const { runtime, clock } = await startRuntime(plan, {}, makeStore())
    const job = await runtime.submit('plan/job')
    const failing = expect(job.result()).rejects.toThrow('step approval took longer')
    await clock.advance('2m')
    await failing
  })

  it('is cancelled at once.', async () => {
    const plan = planOfSteps({ job: sequence(waitFor('approval', 'approval')) })
    const { runtime, clock } = await startRuntime(plan, {}, makeStore())
    const job = await runtime.submit('plan/job')
    const failing = expect(job.result()).rejects.toThrow('enough')
    await clock.advance(0)
    await runtime.cancel(job.id, 'enough')
    await failing
    runtime.events.emit('approval', 1)
    await clock.advance(0)
    expect((await runtime.get(job.id))?.status).toBe('cancelled')
  })
})

test('A wait outlives its process, and what came before it is not done again.', async () => {
  const file = newDatabaseFile()
  const clock = new ManualClock()
  const before = vi.fn(() => 'a')
  const program = sequence(
    run('before', before),
    waitFor('approval', 'approval'),
    sleep('nap', '1h'),
  )
  const plan = planOfSteps({ job: program })
  const first = await open(file, plan, clock)
  const waits = next(first.runtime, 'tasklet.scheduled')
  const { id } = await first.runtime.submit('plan/job')
  await waits
  await stop(first.runtime, clock)

  const second = await open(file, plan, clock)
  const sleeps = next(second.runtime, 'tasklet.scheduled')
  second.runtime.events.emit('approval', 'yes')
  await sleeps
  const woken = await second.runtime.get(id)
  expect(woken).toMatchObject({ status: 'scheduled', notBefore: clock.now() + 3_600_000 })
  await stop(second.runtime, clock)

  const third = await open(file, plan, clock)
  const completed = next(third.runtime, 'tasklet.completed')
  await clock.advance('1h')
  await completed
  expect(await third.runtime.get(id)).toMatchObject({
    status: 'completed',
    attempts: 0,
    output: { before: 'a', approval: { name: 'approval', data: 'yes' } },
  })
  expect(before).toHaveBeenCalledOnce()
})

test('After a crash a step marked once is not run again; others are.', async () => {
  const file = newDatabaseFile()
  const clock = new ManualClock()
  const once = vi.fn(() => 'kept')
  const often = vi.fn(() => 'again')
  const stuck = vi.fn((): unknown => 'through')
  const reached = Promise.withResolvers<void>()
  stuck.mockImplementationOnce(() => {
    reached.resolve()
    return new Promise(() => {})
  })
  const program = sequence(
    run('once', once, { once: true }),
    run('often', often),
    run('stuck', stuck as never),
  )
  const plan = planOfSteps({ job: program })
  const way = wayTo(sqliteStore(file))
  const settings = { grace: 0, lease: { duration: '6s' } }
  const lost = await startRuntime(plan, settings, way.store, clock)
  onTestFinished(way.recover)
  const { id } = await lost.runtime.submit('plan/job')
  await reached.promise
  way.hang()
  const second = await startRuntime(plan, settings, sqliteStore(file), new ManualClock(clock.now()))
  const completed = next(second.runtime, 'tasklet.completed')
  await second.clock.advance('6s')
  await completed
  expect(await second.runtime.get(id)).toMatchObject({
    status: 'completed',
    output: { once: 'kept', often: 'again', stuck: 'through' },
  })
  expect(once).toHaveBeenCalledOnce()
  expect(often).toHaveBeenCalledTimes(2)
})

test('A new attempt of the task does everything again but what is marked once.', async () => {
  const once = vi.fn(() => 'kept')
  const often = vi.fn(() => 'again')
  const last = vi.fn((): unknown => 'good')
  last.mockImplementationOnce(() => {
    throw new Error('first attempt')
  })
  const program = sequence(
    run('once', once, { once: true }),
    run('often', often),
    sleep('nap', 1000),
    run('last', last as never),
  )
  const plan = planOfSteps({ job: program }, { job: { retry: fixed(2) } })
  const { runtime, clock } = await startRuntime(plan)
  const job = await runtime.submit('plan/job')
  await clock.advance('10s')
  expect(await runtime.get(job.id)).toMatchObject({ status: 'completed', attempts: 1 })
  expect(once).toHaveBeenCalledTimes(1)
  expect(often).toHaveBeenCalledTimes(2)
})

test('A step that asks for later is not bound by what was kept before.', async () => {
  const last = vi.fn((): unknown => 'good')
  last.mockImplementationOnce(() => {
    throw new RetryLater(500)
  })
  const plan = planOfSteps({ job: sequence(sleep('nap', 1000), run('last', last as never)) })
  const { runtime, clock } = await startRuntime(plan)
  const job = await runtime.submit('plan/job')
  await clock.advance('10s')
  expect(await runtime.get(job.id)).toMatchObject({ status: 'completed', attempts: 0 })
})

test('Hooks frame the whole attempt, whatever it waits for in between.', async () => {
  const seen: string[] = []
  const plan = planOfSteps({
    job: sequence(
      sleep('nap', 1000),
      run('last', () => seen.push('last')),
    ),
  })
  const { runtime, clock } = await startRuntime(plan)
  runtime.hooks.beforeTaskRun(() => seen.push('before'))
  runtime.hooks.afterTaskFailure(() => seen.push('failure'))
  runtime.hooks.afterTaskRun(() => seen.push('after'))
  const job = await runtime.submit('plan/job')
  await clock.advance('10s')
  await job.result()
  expect(seen).toEqual(['before', 'last', 'after'])
})

test('Time that a task only waits is not counted against its timeout; time that it works is.', async () => {
  const held = Promise.withResolvers<string>()
  const hour = 3_600_000
  const program = sequence(
    run(
      'first',
      ({ signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', resolve)
          held.promise.then(resolve)
        }),
    ),
    sleep('nap', hour),
    run(
      'last',
      ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', resolve)),
    ),
  )
  const plan = planOfSteps({ job: program }, { job: { timeout: 10_000 } })
  const { runtime, clock } = await startRuntime(plan)
  const job = await runtime.submit('plan/job')
  await clock.advance(6000)
  held.resolve('first')
  await clock.advance(0)
  expect((await runtime.get(job.id))?.status).toBe('scheduled')
  await clock.advance(hour)
  await clock.advance(3999)
  expect((await runtime.get(job.id))?.status).toBe('running')
  await clock.advance(1)
  expect(await runtime.get(job.id)).toMatchObject({ status: 'failed', error: { kind: 'timeout' } })
})

test('An output that cannot be kept fails the task with the reason, and is not tried again.', async () => {
  const odd = run('odd', () => 1n)
  const plan = planOfSteps({ job: sequence(odd, sleep('nap', 1000)) }, { job: { retry: fixed(5) } })
  const { runtime, clock } = await startRuntime(plan)
  const job = await runtime.submit('plan/job')
  const failing = expect(job.result()).rejects.toThrow('cannot be kept while the task waits')
  await clock.advance('5s')
  await failing
  expect((await runtime.get(job.id))?.attempts).toBe(1)
})
