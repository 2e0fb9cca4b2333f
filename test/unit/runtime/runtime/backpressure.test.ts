import { describe, expect, it } from 'vitest'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

/** One slot, room for two that wait, and a task that ends when it is told to. */
async function startFull() {
  const gates: (() => void)[] = []
  const run = () => new Promise<void>((resolve) => gates.push(resolve))
  const queues = { main: { concurrency: 1, maxSize: 2 } }
  const made = await startRuntime(planOf({ task: run }), { queues })
  const running = await made.runtime.submit('plan/task')
  await allDone()
  const waiting = [await made.runtime.submit('plan/task'), await made.runtime.submit('plan/task')]
  const finishOne = async () => {
    gates.shift()?.()
    await allDone()
  }
  return { ...made, running, waiting, finishOne }
}

describe('a full queue', () => {
  it('lets a submission wait until a tasklet leaves it to run', async () => {
    const { runtime, finishOne } = await startFull()
    const seen: string[] = []
    void runtime.submit('plan/task').then(() => seen.push('stored'))
    await allDone()
    expect(seen).toEqual([])
    await finishOne()
    expect(seen).toEqual(['stored'])
  })

  it('lets a submission in when a waiting tasklet is cancelled', async () => {
    const { runtime, waiting } = await startFull()
    const submitting = runtime.submit('plan/task')
    await allDone()
    await waiting[0]?.cancel()
    expect((await submitting).created).toBe(true)
  })

  it('refuses at once whoever does not want to wait', async () => {
    const { runtime } = await startFull()
    await expect(runtime.trySubmit('plan/task')).rejects.toMatchObject({
      code: 'queue_full',
      queue: 'main',
    })
  })

  it('forgets a submission that is called off while it waits', async () => {
    const { runtime, finishOne } = await startFull()
    const controller = new AbortController()
    const { signal } = controller
    const submitting = expect(runtime.submit('plan/task', 1, { signal })).rejects.toThrow('enough')
    await allDone()
    controller.abort(new Error('enough'))
    await submitting
    await finishOne()
    expect((await runtime.list()).items).toHaveLength(3)
  })

  it('refuses a batch that it could never hold, and lets a smaller one wait', async () => {
    const { runtime, finishOne } = await startFull()
    const batch = ['a', 'b', 'c'].map((key) => ({ key, task: 'plan/task' }))
    await expect(runtime.submitBatch(batch)).rejects.toMatchObject({ code: 'queue_full' })
    const two = runtime.submitBatch(batch.slice(0, 2))
    await finishOne()
    await finishOne()
    expect(Object.keys(await two)).toEqual(['a', 'b'])
  })

  it('tells those who wait when the runtime stops', async () => {
    const { runtime, clock } = await startFull()
    const submitting = expect(runtime.submit('plan/task')).rejects.toMatchObject({
      code: 'lifecycle',
    })
    await allDone()
    const stopping = runtime.stop()
    await clock.advance('1m')
    await submitting
    await stopping
  })
})
