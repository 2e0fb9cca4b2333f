import { describe, expect, it } from 'vitest'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

const untilAborted = ({ signal }: TaskContext) =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })

describe('the timeout of an attempt', () => {
  it('aborts the signal and fails the attempt, by its kind', async () => {
    const plan = planOf({ task: { timeout: '30s', run: untilAborted } })
    const { runtime, clock } = await startRuntime(plan)
    const tasklet = await runtime.submit('plan/task')
    const failed = expect(tasklet.result()).rejects.toMatchObject({
      kind: 'timeout',
      message: 'took longer than its timeout of 30000 ms',
    })
    await clock.advance(29_999)
    expect(await tasklet.status()).toBe('running')
    await clock.advance(1)
    await failed
    expect(await runtime.get(tasklet.id)).toMatchObject({ attempts: 1, actualDuration: 30_000 })
  })

  it('is retried like any failure, each attempt with the whole time', async () => {
    const retry = { attempts: 2, backoff: { type: 'fixed', delay: 1000 } }
    const plan = planOf({ task: { timeout: 500, retry, run: untilAborted } })
    const { runtime, clock } = await startRuntime(plan)
    const tasklet = await runtime.submit('plan/task')
    await clock.advance(500 + 1000 + 499)
    expect(await runtime.get(tasklet.id)).toMatchObject({ status: 'running', attempts: 1 })
    await clock.advance(1)
    expect(await runtime.get(tasklet.id)).toMatchObject({ status: 'failed', attempts: 2 })
  })

  it('can be given with the submission', async () => {
    const { runtime, clock } = await startRuntime(planOf({ task: untilAborted }))
    const tasklet = await runtime.submit('plan/task', undefined, { timeout: 5 })
    await clock.advance(5)
    expect(await tasklet.status()).toBe('failed')
  })

  it('does not count what a handler returns after it', async () => {
    const run = ({ signal }: TaskContext) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve('late'))
      })
    const { runtime, clock } = await startRuntime(planOf({ task: { timeout: 5, run } }))
    const tasklet = await runtime.submit('plan/task')
    await clock.advance(5)
    expect(await runtime.get(tasklet.id)).toMatchObject({
      status: 'failed',
      output: undefined,
      error: { kind: 'timeout' },
    })
  })

  it('keeps the slot of a handler that ignores it until the grace is over, and says so', async () => {
    const plan = planOf({
      deaf: { timeout: 100, run: () => new Promise(() => {}) },
      next: () => 'ran',
    })
    const { runtime, clock, events } = await startRuntime(plan, { concurrency: 1, grace: 1000 })
    const deaf = await runtime.submit('plan/deaf')
    const next = await runtime.submit('plan/next')
    await clock.advance(1099)
    expect([await deaf.status(), await next.status()]).toEqual(['running', 'pending'])
    await clock.advance(1)
    expect([await deaf.status(), await next.status()]).toEqual(['failed', 'completed'])
    expect(events.filter(({ name }) => name === 'tasklet.abandoned')).toMatchObject([
      { data: { taskletId: deaf.id } },
    ])
  })

  it('leaves no timer of an attempt that ended in time', async () => {
    const gate = Promise.withResolvers<void>()
    const plan = planOf({ task: { timeout: '1h', run: () => gate.promise } })
    const { runtime, clock, events } = await startRuntime(plan)
    const tasklet = await runtime.submit('plan/task')
    await allDone()
    gate.resolve()
    await tasklet.result()
    await clock.advance('2h')
    expect(await tasklet.status()).toBe('completed')
    expect(events.map(({ name }) => name)).not.toContain('tasklet.abandoned')
  })
})

describe('waiting for a result', () => {
  it('ends at its own limit, and the tasklet goes on', async () => {
    const gate = Promise.withResolvers<string>()
    const { runtime, clock } = await startRuntime(planOf({ task: () => gate.promise }))
    const tasklet = await runtime.submit('plan/task')
    const late = expect(tasklet.result({ timeout: '1s' })).rejects.toMatchObject({
      name: 'TimeoutError',
    })
    await clock.advance('1s')
    await late
    gate.resolve('done')
    expect(await tasklet.result({ timeout: '1s' })).toBe('done')
  })

  it('ends with the signal of whoever waits', async () => {
    const { runtime } = await startRuntime(planOf({ task: untilAborted }))
    const tasklet = await runtime.submit('plan/task')
    const reason = new Error('no longer')
    await expect(tasklet.result({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const controller = new AbortController()
    const waiting = tasklet.result({ signal: controller.signal })
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    expect(await tasklet.status()).toBe('running')
  })
})
