import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { newTasklet } from '../../../../src/testing/store-contract/records.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

describe('a runtime', () => {
  it('runs what is submitted and hands the output out', async () => {
    const plan = planOf({ double: ({ input }: TaskContext) => ({ twice: Number(input) * 2 }) })
    const { runtime } = await startRuntime(plan)
    const tasklet = await runtime.submit('plan/double', 21)
    expect(tasklet.created).toBe(true)
    expect(await tasklet.result()).toEqual({ twice: 42 })
    expect(await tasklet.status()).toBe('completed')
    expect(await runtime.call('plan/double', 4)).toEqual({ twice: 8 })
  })

  it('gives a handler everything that its context promises', async () => {
    const seen: unknown[] = []
    const plan = planOf({
      task: {
        input: z.object({ n: z.number() }),
        run: ({
          input,
          signal,
          attempt,
          taskletId,
          idempotencyKey,
          plan,
          initialContext,
          progress,
        }: TaskContext) => {
          progress(0.5, 'half')
          seen.push(
            input,
            signal.aborted,
            attempt,
            taskletId,
            idempotencyKey,
            plan.name,
            initialContext,
          )
        },
      },
    })
    const { runtime, events } = await startRuntime(plan)
    const { id } = await runtime.submit('plan/task', { n: 1 }, { initialContext: 'c' })
    await allDone()
    expect(seen).toEqual([{ n: 1 }, false, 1, id, id, 'plan', 'c'])
    expect(events.filter(({ name }) => name === 'tasklet.progress')).toMatchObject([
      { data: { taskletId: id, share: 0.5, message: 'half' } },
    ])
  })

  it('runs by priority, and first come first served among equals', async () => {
    const seen: unknown[] = []
    const gate = Promise.withResolvers<void>()
    const plan = planOf({
      gate: () => gate.promise,
      task: ({ input }: TaskContext) => void seen.push(input),
    })
    const { runtime } = await startRuntime(plan, { concurrency: 1 })
    await runtime.submit('plan/gate')
    await allDone()
    const submissions = [
      ['low 1', 'low'],
      ['normal 1', 'normal'],
      ['high 1', 'high'],
      ['normal 2', 'normal'],
      ['high 2', 'high'],
      ['first', 'interrupt'],
    ] as const
    for (const [name, priority] of submissions)
      await runtime.submit('plan/task', name, { priority })
    gate.resolve()
    await allDone()
    expect(seen).toEqual(['first', 'high 1', 'high 2', 'normal 1', 'normal 2', 'low 1'])
  })

  it('keeps the place of a tasklet that is tried again', async () => {
    const seen: unknown[] = []
    const retry = { attempts: 2, backoff: { type: 'fixed', delay: 1000 } }
    const run = ({ input, attempt }: TaskContext) => {
      seen.push(`${input} ${attempt}`)
      if (input === 'a' && attempt === 1) throw new Error('broken')
    }
    const gate = Promise.withResolvers<void>()
    const plan = planOf({ task: { run, retry }, gate: () => gate.promise })
    const { runtime, clock } = await startRuntime(plan, { concurrency: 1 })
    await runtime.submit('plan/task', 'a')
    await runtime.submit('plan/gate')
    await allDone()
    for (const name of ['b', 'c']) await runtime.submit('plan/task', name)
    await clock.advance(1000)
    gate.resolve()
    await allDone()
    expect(seen).toEqual(['a 1', 'a 2', 'b 1', 'c 1'])
  })

  it('never runs more at once than each queue has slots, and fills them', async () => {
    let running = 0
    let most = 0
    const plan = planOf({
      task: async () => {
        running += 1
        most = Math.max(most, running)
        await allDone()
        running -= 1
      },
    })
    const { runtime } = await startRuntime(plan, { concurrency: 3 })
    const all = Array.from({ length: 20 }, () => runtime.call('plan/task'))
    await Promise.all(all)
    expect(most).toBe(3)
  })

  it('does not let work in one queue delay work in another', async () => {
    const plan = planOf({ stuck: () => new Promise(() => {}), task: () => 'done' })
    const { runtime } = await startRuntime(plan, { concurrency: 1 })
    for (let n = 0; n < 3; n += 1) await runtime.submit('plan/stuck')
    expect(await runtime.call('plan/task', undefined, { queue: 'event' })).toBe('done')
  })

  it('lets nobody exceed the capacity of a resource, and others pass those who wait', async () => {
    let held = 0
    let most = 0
    const use = (units: number) => async () => {
      held += units
      most = Math.max(most, held)
      await allDone()
      held -= units
    }
    const plan = planOf(
      {
        small: { resources: { vram: 3 }, run: use(3) },
        large: { resources: { vram: 8 }, run: use(8) },
        free: () => 'passed',
      },
      { resources: { vram: 8 } },
    )
    const { runtime } = await startRuntime(plan, { concurrency: 10 })
    const names = ['small', 'large', 'small', 'small', 'large', 'small']
    const all = names.map((name) => runtime.call(`plan/${name}`))
    expect(await runtime.call('plan/free')).toBe('passed')
    await Promise.all(all)
    expect(most).toBe(8)
  })

  it('never runs delayed work early', async () => {
    const startedAt: number[] = []
    const plan = planOf({ task: ({ input }: TaskContext) => void startedAt.push(Number(input)) })
    const { runtime, clock } = await startRuntime(plan)
    const from = clock.now()
    for (const delay of [5000, 1000, 3000]) await runtime.submit('plan/task', delay, { delay })
    await runtime.submit('plan/task', 2000, { runAt: from + 2000 })
    for (const at of [1000, 2000, 3000, 5000]) {
      await clock.advance(from + at - 1 - clock.now())
      expect(startedAt).not.toContain(at)
      await clock.advance(1)
      expect(startedAt).toContain(at)
    }
  })

  it('fails a stored tasklet whose task is gone, by its kind', async () => {
    const { runtime, store } = await startRuntime(planOf({ task: () => 1 }))
    const gone = newTasklet({ task: 'gone', idempotencyKey: undefined })
    await store.insert([gone])
    await runtime.call('plan/task')
    await allDone()
    expect(await runtime.get(gone.id)).toMatchObject({
      status: 'failed',
      attempts: 0,
      error: { kind: 'missing-task' },
    })
  })
})
