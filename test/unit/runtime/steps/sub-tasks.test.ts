import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { startRuntime } from '../../../support/runtimes.ts'
import {
  parallel,
  planOfSteps,
  run,
  sequence,
  sleep,
  step,
  type TestStep,
} from '../../../support/step-programs.ts'

function task(key: string, name: string, more: Partial<TestStep> = {}): TestStep {
  return step(key, { kind: 'task', task: name }, more)
}

test('A sub-task runs under the slot and the resources of the task whose step it is.', async () => {
  const plan = planOfSteps(
    { job: sequence(task('inner', 'prune')) },
    { job: { resources: ['disk'] }, prune: { run: () => 'pruned', resources: ['disk'] } },
    { resources: { disk: 1 } },
  )
  const { runtime } = await startRuntime(plan, { concurrency: 1 })
  expect(await runtime.call('plan/job')).toEqual({ inner: 'pruned' })
})

test('A sub-task is given its input with its defaults; one that does not fit fails it unrun.', async () => {
  const prune = vi.fn(({ input }: TaskContext) => input)
  const input = z.object({ keep: z.number().default(7) })
  const plan = planOfSteps(
    { good: sequence(task('inner', 'prune')), bad: sequence(task('inner', 'prune', { input: 5 })) },
    { prune: { run: prune, input } },
  )
  const { runtime } = await startRuntime(plan)
  expect(await runtime.call('plan/good')).toEqual({ inner: { keep: 7 } })
  await expect(runtime.call('plan/bad')).rejects.toThrow('input of plan/prune')
  expect(prune).toHaveBeenCalledOnce()
})

test('A sub-task has its own timeout where its step has none.', async () => {
  const forever = ({ signal }: TaskContext) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  const plan = planOfSteps(
    { job: sequence(task('inner', 'slow')) },
    { slow: { run: forever, timeout: 700 } },
  )
  const { runtime, clock } = await startRuntime(plan)
  const failing = expect(runtime.call('plan/job')).rejects.toThrow('timeout of 700 ms')
  await clock.advance('1s')
  await failing
})

test('A sub-task of steps runs them in a machine of its own, and may be put off in their middle.', async () => {
  const before = vi.fn(() => 'b')
  const first = vi.fn(() => 'f')
  const plan = planOfSteps({
    job: sequence(
      run('first', first),
      task('inner', 'nested'),
      run('last', () => 'l'),
    ),
    nested: sequence(
      run('before', before),
      sleep('nap', '1h'),
      run('after', () => 'a'),
    ),
  })
  const { runtime, clock, events } = await startRuntime(plan, { concurrency: 1 })
  const job = await runtime.submit('plan/job')
  await clock.advance('1m')
  expect((await runtime.get(job.id))?.status).toBe('scheduled')
  await clock.advance('1h')
  expect(await job.result()).toMatchObject({
    first: 'f',
    inner: { before: 'b', after: 'a' },
    last: 'l',
  })
  expect(before).toHaveBeenCalledOnce()
  expect(first).toHaveBeenCalledOnce()
  const ended = events.filter(({ name }) => name === 'step.ended')
  expect(ended.map(({ data }) => (data as { key: string }).key)).toEqual([
    'first',
    'inner/before',
    'inner/nap',
    'inner/after',
    'inner',
    'last',
  ])
})

test('The timeout of a sub-task stands still while its run is put off, and goes on after it.', async () => {
  const forever = ({ signal }: TaskContext) =>
    new Promise((resolve) => signal.addEventListener('abort', resolve))
  const short = vi.fn((context: TaskContext) => Promise.race([forever(context), Promise.resolve()]))
  const plan = planOfSteps(
    {
      job: sequence(task('inner', 'nested')),
      nested: sequence(run('short', short), sleep('nap', '1h'), run('long', forever)),
    },
    { nested: { timeout: 1000 } },
  )
  const { runtime, clock } = await startRuntime(plan)
  const job = await runtime.submit('plan/job')
  const failing = expect(job.result()).rejects.toThrow(
    'step inner took longer than its timeout of 1.0 s',
  )
  await clock.advance('1h')
  await clock.advance(999)
  expect((await runtime.get(job.id))?.status).toBe('running')
  await clock.advance(1)
  await failing
})

test('When a sub-task of steps is told to stop, so are its steps, and all are waited for.', async () => {
  const end = Promise.withResolvers<void>()
  const heard = vi.fn()
  const plan = planOfSteps({
    job: parallel(
      task('inner', 'nested'),
      run('bad', () => {
        throw new Error('bad')
      }),
    ),
    nested: sequence(
      run('deep', ({ signal }) => {
        signal.addEventListener('abort', heard)
        return end.promise
      }),
    ),
  })
  const { runtime, clock } = await startRuntime(plan)
  const job = await runtime.submit('plan/job')
  const failing = expect(job.result()).rejects.toThrow('bad')
  await clock.advance(0)
  expect(heard).toHaveBeenCalledOnce()
  expect((await runtime.get(job.id))?.status).toBe('running')
  end.resolve()
  await failing
})
