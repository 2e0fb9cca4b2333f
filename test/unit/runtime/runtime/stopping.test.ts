import { describe, expect, it } from 'vitest'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { memoryStore } from '../../../../src/stores/memory/store.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

const untilAborted = ({ signal }: TaskContext) =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })

describe('stopping', () => {
  it('lets running work end within the drain time, and starts nothing new', async () => {
    const gate = Promise.withResolvers<string>()
    const store = memoryStore()
    const { runtime, clock } = await startRuntime(
      planOf({ task: () => gate.promise }),
      { concurrency: 1 },
      store,
    )
    const [running, waiting] = [
      await runtime.submit('plan/task'),
      await runtime.submit('plan/task'),
    ]
    const result = running.result()
    await allDone()
    const stopping = runtime.stop({ drain: '30s' })
    await clock.advance('29s')
    expect(runtime.status).toBe('stopping')
    gate.resolve('done')
    await stopping
    expect(await result).toBe('done')
    await store.open()
    expect(await store.get(waiting.id)).toMatchObject({ status: 'pending', deliveries: 0 })
    expect(clock.pending).toBe(0)
  })

  it('tells work to stop after the drain time and gives it back, its attempt with it', async () => {
    const store = memoryStore()
    const { runtime, clock } = await startRuntime(planOf({ task: untilAborted }), {}, store)
    const tasklet = await runtime.submit('plan/task')
    const stopping = runtime.stop({ drain: '30s' })
    await clock.advance(29_999)
    expect(runtime.status).toBe('stopping')
    await clock.advance(1)
    await stopping
    await store.open()
    expect(await store.get(tasklet.id)).toMatchObject({
      status: 'pending',
      attempts: 0,
      lease: undefined,
      error: undefined,
    })
  })

  it('keeps the output of work that finishes although it was told to stop', async () => {
    const store = memoryStore()
    const run = ({ signal }: TaskContext) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve('finished')))
    const { runtime } = await startRuntime(planOf({ task: run }), {}, store)
    const tasklet = await runtime.submit('plan/task')
    await allDone()
    await runtime.stop()
    await store.open()
    expect(await store.get(tasklet.id)).toMatchObject({ status: 'completed', output: 'finished' })
  })

  it('does not wait for deaf work longer than its grace', async () => {
    const store = memoryStore()
    const deaf = planOf({ task: () => new Promise(() => {}) })
    const { runtime, clock } = await startRuntime(deaf, { grace: 1000 }, store)
    const tasklet = await runtime.submit('plan/task')
    await allDone()
    const stopping = runtime.stop()
    await clock.advance(1000)
    await stopping
    await store.open()
    expect(await store.get(tasklet.id)).toMatchObject({ status: 'pending', attempts: 0 })
  })

  it('tells those who wait for a result that was given back', async () => {
    const { runtime } = await startRuntime(planOf({ task: untilAborted }))
    const tasklet = await runtime.submit('plan/task')
    const given = expect(tasklet.result()).rejects.toMatchObject({ code: 'lifecycle' })
    await allDone()
    await runtime.stop()
    await given
  })

  it('leaves no timer behind, whatever was under way', async () => {
    const retry = { attempts: 9 }
    const tasks = planOf({
      fails: { retry, run: () => Promise.reject(new Error('broken')) },
      slow: { timeout: '1h', run: untilAborted },
    })
    const { runtime, clock } = await startRuntime(tasks)
    await runtime.submit('plan/fails')
    await runtime.submit('plan/slow')
    await runtime.submit('plan/slow', 1, { delay: '1d' })
    await allDone()
    await runtime.stop()
    await allDone()
    expect(clock.pending).toBe(0)
  })
})
