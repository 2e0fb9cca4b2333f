import { describe, expect, it } from 'vitest'
import { FatalError, RetryLater, TaskletError } from '../../../../src/core/errors.ts'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

const fails = () => {
  throw new Error('broken')
}

describe('the attempts of a tasklet', () => {
  it('tries again after the backoff, not before, until it succeeds', async () => {
    const attempts: number[] = []
    const backoff = { type: 'exponential', delay: '1s' }
    const run = ({ attempt }: TaskContext) => {
      attempts.push(attempt)
      if (attempt < 3) throw new Error('broken')
      return attempt
    }
    const plan = planOf({ task: { retry: { attempts: 3, backoff }, run } })
    const { runtime, clock } = await startRuntime(plan)
    const tasklet = await runtime.submit('plan/task')
    await clock.advance(999)
    expect(attempts).toEqual([1])
    expect(await runtime.get(tasklet.id)).toMatchObject({
      status: 'retrying',
      attempts: 1,
      error: { kind: 'error', message: 'broken' },
    })
    await clock.advance(1)
    expect(attempts).toEqual([1, 2])
    await clock.advance(1999)
    expect(attempts).toEqual([1, 2])
    await clock.advance(1)
    expect(await tasklet.result()).toBe(3)
  })

  it('fails for good after the last attempt', async () => {
    const retry = { attempts: 2, backoff: { type: 'fixed', delay: 10 } }
    const { runtime, clock } = await startRuntime(planOf({ task: { retry, run: fails } }))
    const tasklet = await runtime.submit('plan/task')
    const failed = expect(tasklet.result()).rejects.toMatchObject({
      kind: 'error',
      message: 'broken',
      taskletId: tasklet.id,
    })
    await clock.advance(10)
    await failed
    await expect(tasklet.result()).rejects.toThrow(TaskletError)
    expect(await runtime.get(tasklet.id)).toMatchObject({ status: 'failed', attempts: 2 })
  })

  it('does not try a fatal error again', async () => {
    const run = () => {
      throw new FatalError('never')
    }
    const { runtime } = await startRuntime(planOf({ task: { retry: { attempts: 9 }, run } }))
    await expect(runtime.call('plan/task')).rejects.toMatchObject({ message: 'never' })
  })

  it('runs a task later that asks for it, without spending an attempt', async () => {
    const attempts: number[] = []
    const run = async ({ attempt }: TaskContext) => {
      attempts.push(attempt)
      if (attempts.length < 4) throw new RetryLater('1m')
      return 'at last'
    }
    const { runtime, clock } = await startRuntime(planOf({ task: run }))
    const tasklet = await runtime.submit('plan/task')
    await clock.advance('3m')
    expect(await tasklet.result()).toBe('at last')
    expect(attempts).toEqual([1, 1, 1, 1])
    expect(await runtime.get(tasklet.id)).toMatchObject({ attempts: 0, deliveries: 4 })
  })

  it.each([
    [
      'at once',
      () => {
        throw new RetryLater('soon')
      },
    ],
    [
      'later',
      async () => {
        throw new RetryLater('soon')
      },
    ],
  ])('fails a task that asks %s to be run again at no time', async (_, run) => {
    const { runtime } = await startRuntime(planOf({ task: run }))
    await expect(runtime.call('plan/task')).rejects.toMatchObject({
      kind: 'error',
      message: expect.stringContaining('soon'),
    })
  })

  it.each([
    ['a function', () => 1],
    ['a bigint', 1n],
    ['a map', new Map()],
  ])('fails a tasklet whose output is %s, and does not hang', async (_, output) => {
    const { runtime } = await startRuntime(
      planOf({ task: { retry: { attempts: 3 }, run: () => output } }),
    )
    await expect(runtime.call('plan/task')).rejects.toMatchObject({
      kind: 'error',
      message: expect.stringContaining('output'),
    })
    expect(await runtime.counts()).toMatchObject({ failed: 1, running: 0, retrying: 0 })
  })

  it('waits for any thenable that a handler returns', async () => {
    const thenable = {
      // biome-ignore lint/suspicious/noThenProperty: a thenable is what this test is about
      then: (resolve: (value: string) => void) => resolve('value'),
    }
    const { runtime } = await startRuntime(planOf({ task: () => thenable }))
    expect(await runtime.call('plan/task')).toBe('value')
  })
})
