import { expect, test, vi } from 'vitest'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

/** A plan with one task of steps, named `job`, and what its steps run. */
function planWith(job: object, actions: object, tasks: object = {}) {
  return planOf({ ...tasks, job }, { actions })
}

test('Steps with each, if, retry and output give what the task says.', async () => {
  const dumpTable = vi.fn(({ input }: TaskContext) => (input as { table: string }).table.length)
  dumpTable.mockImplementationOnce(() => {
    throw new Error('busy')
  })
  const notify = vi.fn()
  const job = {
    steps: [
      { id: 'tables', run: 'listTables' },
      {
        id: 'dump',
        each: '${{ steps.tables.output }}',
        parallel: 2,
        run: 'dumpTable',
        with: { table: '${{ item }}' },
        retry: { attempts: 2, backoff: { type: 'fixed', delay: 50 } },
      },
      { run: 'notify', if: '${{ size(steps.tables.output) > 10 }}' },
    ],
    output: { files: '${{ size(steps.dump.output) }}', sizes: '${{ steps.dump.output }}' },
  }
  const actions = { listTables: () => ['a', 'bb', 'ccc'], dumpTable, notify }
  const { runtime, clock } = await startRuntime(planWith(job, actions))
  const result = runtime.call('plan/job')
  await clock.advance('1s')
  expect(await result).toEqual({ files: 3, sizes: [1, 2, 3] })
  expect(dumpTable).toHaveBeenCalledTimes(4)
  expect(notify).not.toHaveBeenCalled()
})

test('A wait is for the event that its condition describes, and its output is that event.', async () => {
  const job = {
    steps: [
      {
        id: 'approval',
        waitFor: { event: 'approval.*', where: '${{ event.data.order == input.order }}' },
      },
    ],
    output: '${{ steps.approval.output.data.by }}',
  }
  const { runtime, clock } = await startRuntime(planWith(job, {}))
  const handle = await runtime.submit('plan/job', { order: 7 })
  await clock.advance(0)
  runtime.events.emit('approval.given', { order: 6, by: 'them' })
  await clock.advance('1m')
  expect((await runtime.get(handle.id))?.status).toBe('scheduled')
  runtime.events.emit('approval.given', { order: 7, by: 'me' })
  expect(await handle.result()).toBe('me')
})

test('What failed and what was stopped before a wait stays so after it: nothing of it runs again.', async () => {
  const bad = vi.fn(() => {
    throw new Error('bad')
  })
  const slow = vi.fn(
    ({ signal }: TaskContext) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  )
  const job = {
    steps: [
      {
        id: 'both',
        parallel: [
          { id: 'slow', run: 'slow' },
          { id: 'bad', run: 'bad', timeout: '1m' },
        ],
        onError: 'continue',
      },
      { sleep: '1h' },
    ],
    output: ['${{ steps.slow.status }}', '${{ steps.bad.error.message }}'],
  }
  const { runtime, clock } = await startRuntime(planWith(job, { bad, slow }))
  const result = runtime.call('plan/job')
  await clock.advance('2h')
  expect(await result).toEqual(['cancelled', 'bad'])
  expect(bad).toHaveBeenCalledOnce()
  expect(slow).toHaveBeenCalledOnce()
})

test('Retries before a wait are not made again after it, and neither are their pauses.', async () => {
  const flaky = vi.fn(() => 'good')
  flaky.mockImplementationOnce(() => {
    throw new Error('not yet')
  })
  const job = {
    steps: [
      {
        id: 'flaky',
        run: 'flaky',
        retry: { attempts: 2, backoff: { type: 'fixed', delay: '10m' } },
      },
      { sleep: '1h' },
    ],
  }
  const { runtime, clock } = await startRuntime(planWith(job, { flaky }))
  const handle = await runtime.submit('plan/job')
  await clock.advance('70m')
  expect((await runtime.get(handle.id))?.status).toBe('completed')
  expect(flaky).toHaveBeenCalledTimes(2)
})
