import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { definePlan } from '../../../../src/plan/define.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'
import { STORES } from '../../../support/stores.ts'

const define = (tasks: object, more: object = {}) =>
  definePlan({ name: 'plan', ...more, tasks } as Parameters<typeof definePlan>[0])

describe.each(STORES)('On the %s store queued work', (_, makeStore) => {
  it('fails with kind missing-task when its task is gone, without being run', async () => {
    const work = vi.fn()
    const { runtime, clock } = await startRuntime(planOf({ work }), {}, makeStore())
    const job = await runtime.submit('plan/work', undefined, { delay: '1m' })
    const failing = expect(job.result()).rejects.toMatchObject({ kind: 'missing-task' })
    await runtime.reload(define({ other: () => 1 }))
    await clock.advance('1m')
    await failing
    expect(work).not.toHaveBeenCalled()
    expect(await runtime.get(job.id)).toMatchObject({ status: 'failed', attempts: 0 })
  })

  it('fails with kind invalid-input when its input is not valid any more, and says what is wrong', async () => {
    const work = vi.fn()
    const { runtime, clock } = await startRuntime(planOf({ work }), {}, makeStore())
    const job = await runtime.submit('plan/work', { size: 'large' }, { delay: '1m' })
    const failing = expect(job.result()).rejects.toMatchObject({
      kind: 'invalid-input',
      message: expect.stringContaining('size'),
    })
    const next = vi.fn()
    await runtime.reload(define({ work: { input: z.object({ size: z.number() }), run: next } }))
    await clock.advance('1m')
    await failing
    expect([work, next].map((each) => each.mock.calls.length)).toEqual([0, 0])
  })

  it('may be run again from the dead letters once its task is back', async () => {
    const { runtime, clock } = await startRuntime(planOf({ work: () => 'one' }), {}, makeStore())
    const job = await runtime.submit('plan/work', undefined, { delay: '1m' })
    const failing = expect(job.result()).rejects.toMatchObject({ kind: 'missing-task' })
    await runtime.reload(define({ other: () => 1 }))
    await clock.advance('1m')
    await failing
    await runtime.reload(define({ work: () => 'back' }))
    expect(await (await runtime.retry(job.id)).result()).toBe('back')
  })

  it('that comes to its next attempt is run by the current version', async () => {
    const retry = { attempts: 2, backoff: { type: 'fixed', delay: 1000 } }
    const fail = () => Promise.reject(new Error('one'))
    const plan = planOf({ work: { run: fail, retry } })
    const { runtime, clock } = await startRuntime(plan, {}, makeStore())
    const retrying = new Promise((resolve) => runtime.events.once('tasklet.retrying', resolve))
    const job = await runtime.submit('plan/work')
    await retrying
    await runtime.reload(define({ work: { run: () => 'two', retry } }))
    await clock.advance('1s')
    expect(await job.result()).toBe('two')
  })

  it('of a schedule that a new version does not have is not submitted any more', async () => {
    const work = vi.fn()
    const tasks = { work }
    const schedules = { tick: { task: 'work', every: '1m' } }
    const plan = planOf(tasks, { schedules })
    const { runtime, clock } = await startRuntime(plan, {}, makeStore())
    const done = new Promise((resolve) => runtime.events.once('tasklet.completed', resolve))
    await clock.advance('1m')
    await done
    await runtime.reload(define(tasks))
    expect(runtime.schedules.list()).toEqual([])
    const calls = work.mock.calls.length
    await clock.advance('10m')
    await allDone()
    expect(work).toHaveBeenCalledTimes(calls)
  })
})
