import { describe, expect, it } from 'vitest'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

const tasks = planOf({
  number: ({ input }: TaskContext) => input,
  sum: ({ dependencies }: TaskContext) =>
    Object.values(dependencies).reduce((sum, { output }) => sum + Number(output), 0),
  outcomes: ({ dependencies }: TaskContext) => dependencies,
  fails: { retry: { attempts: 1 }, run: () => Promise.reject(new Error('broken')) },
})

describe('dependencies', () => {
  it('run first, and hand their outputs to what needs them', async () => {
    const { runtime } = await startRuntime(tasks)
    const earlier = await runtime.submit('plan/number', 4)
    const { all } = await runtime.submitBatch([
      { key: 'all', task: 'plan/sum', dependsOn: { a: 'one', b: 'two', c: earlier.id } },
      { key: 'one', task: 'plan/number', input: 1 },
      { key: 'two', task: 'plan/number', input: 2 },
    ])
    expect(await all?.result()).toBe(7)
  })

  it('fail what needs them, all the way down, and everybody is told', async () => {
    const { runtime, events } = await startRuntime(tasks)
    const handles = await runtime.submitBatch([
      { key: 'bad', task: 'plan/fails' },
      { key: 'next', task: 'plan/sum', dependsOn: ['bad'] },
      { key: 'last', task: 'plan/sum', dependsOn: ['next'] },
    ])
    await expect(handles['next']?.result()).rejects.toMatchObject({ kind: 'dependency' })
    await expect(handles['last']?.result()).rejects.toMatchObject({ kind: 'dependency' })
    expect(events.filter(({ name }) => name === 'tasklet.failed')).toHaveLength(3)
  })

  it('show how they ended to what runs all the same', async () => {
    const { runtime } = await startRuntime(tasks)
    const bad = await runtime.submit('plan/fails')
    await expect(bad.result()).rejects.toThrow('broken')
    const options = { dependsOn: { it: bad.id }, onDependencyFailure: 'run' } as const
    expect(await runtime.call('plan/outcomes', undefined, options)).toMatchObject({
      it: { status: 'failed', error: { kind: 'error', message: 'broken' } },
    })
  })

  it('store nothing of a batch in which one entry is wrong', async () => {
    const { runtime } = await startRuntime(tasks)
    const good = { key: 'good', task: 'plan/number' }
    for (const wrong of [
      { key: 'good', task: 'plan/number' },
      { key: 'bad', task: 'plan/missing' },
      { key: 'bad', task: 'plan/number', dependsOn: ['bad'] },
      { key: 'bad', task: 'plan/number', dependsOn: ['nobody'] },
      { key: 'bad', task: 'plan/number', dependsOn: ['good', 'good'] },
      { key: 'bad', task: 'plan/number', options: { queue: 'nowhere' } },
    ]) {
      await expect(runtime.submitBatch([good, wrong])).rejects.toMatchObject({
        code: 'invalid_input',
      })
    }
    await allDone()
    expect((await runtime.list()).items).toEqual([])
  })
})
