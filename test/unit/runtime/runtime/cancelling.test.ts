import { describe, expect, it } from 'vitest'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { makeKiln } from '../../../support/kiln.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

const untilAborted = ({ signal }: TaskContext) =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('what the handler made of it')))
  })

const cancelled = { status: 'cancelled', error: { kind: 'cancelled', message: 'enough' } }

describe('cancelling', () => {
  it('takes a waiting tasklet out at once, and it never runs', async () => {
    const seen: unknown[] = []
    const plan = planOf({ stuck: untilAborted, task: ({ input }: TaskContext) => seen.push(input) })
    const { runtime, clock } = await startRuntime(plan, { concurrency: 1 })
    await runtime.submit('plan/stuck')
    await allDone()
    const pending = await runtime.submit('plan/task', 'pending')
    const scheduled = await runtime.submit('plan/task', 'scheduled', { delay: '1s' })
    for (const tasklet of [pending, scheduled]) {
      expect(await tasklet.cancel('enough')).toBe('cancelled')
      expect(await runtime.get(tasklet.id)).toMatchObject(cancelled)
      await expect(tasklet.result()).rejects.toMatchObject({ kind: 'cancelled', message: 'enough' })
    }
    await clock.advance('1m')
    expect(seen).toEqual([])
  })

  it('aborts running work and waits for its end; the outcome is cancelled, never failed', async () => {
    const retry = { attempts: 5 }
    const { runtime } = await startRuntime(planOf({ task: { run: untilAborted, retry } }))
    const tasklet = await runtime.submit('plan/task')
    const ended = expect(tasklet.result()).rejects.toMatchObject({ kind: 'cancelled' })
    await allDone()
    expect(await runtime.cancel(tasklet.id, 'enough')).toBe('requested')
    await ended
    expect(await runtime.get(tasklet.id)).toMatchObject({ ...cancelled, attempts: 0 })
    expect(await runtime.cancel(tasklet.id)).toBe('settled')
  })

  it('gives a handler that does not listen its grace, then its slot to others', async () => {
    const plan = planOf({ deaf: () => new Promise(() => {}), next: () => 'ran' })
    const { runtime, clock } = await startRuntime(plan, { concurrency: 1, grace: 1000 })
    const deaf = await runtime.submit('plan/deaf')
    const next = await runtime.submit('plan/next')
    await allDone()
    await deaf.cancel('enough')
    await clock.advance(999)
    expect([await deaf.status(), await next.status()]).toEqual(['running', 'pending'])
    await clock.advance(1)
    expect(await runtime.get(deaf.id)).toMatchObject(cancelled)
    expect(await next.status()).toBe('completed')
  })

  it('takes a tasklet out that waits for a resource', async () => {
    const plan = planOf(
      { task: { resources: { door: 1 }, run: untilAborted } },
      { resources: { door: 1 } },
    )
    const { runtime } = await startRuntime(plan)
    const holder = await runtime.submit('plan/task')
    const waiter = await runtime.submit('plan/task')
    await allDone()
    expect(await runtime.get(waiter.id)).toMatchObject({ status: 'pending' })
    await waiter.cancel('enough')
    await allDone()
    expect(await runtime.get(waiter.id)).toMatchObject(cancelled)
    const third = await runtime.submit('plan/task')
    await holder.cancel()
    await allDone()
    expect(await runtime.get(third.id)).toMatchObject({ phase: 'executing' })
  })

  it('stops a preparation in the middle of an edge, and frees the world', async () => {
    const kiln = makeKiln({ fire: { requires: 'hot', run: () => 'fired' } })
    kiln.doings['warm'] = untilAborted
    const { runtime } = await startRuntime(kiln.plan)
    const tasklet = await runtime.submit('kiln/fire')
    await allDone()
    expect(await runtime.get(tasklet.id)).toMatchObject({ phase: 'preparing' })
    await tasklet.cancel('enough')
    await allDone()
    expect(await runtime.get(tasklet.id)).toMatchObject({ ...cancelled, attempts: 0 })
    delete kiln.doings['warm']
    expect(await runtime.call('kiln/fire')).toBe('fired')
  })

  it('stands while a hook that runs meanwhile fails', async () => {
    const { runtime } = await startRuntime(planOf({ task: () => 'ran' }))
    const gate = Promise.withResolvers<void>()
    runtime.hooks.beforeTaskRun(() => gate.promise)
    const tasklet = await runtime.submit('plan/task')
    await allDone()
    await tasklet.cancel('enough')
    gate.reject(new Error('veto'))
    await allDone()
    expect(await runtime.get(tasklet.id)).toMatchObject(cancelled)
  })

  it('says when there is nothing to cancel', async () => {
    const { runtime } = await startRuntime(planOf({ task: () => 1 }))
    expect(await runtime.cancel('nothing')).toBe('missing')
  })
})
