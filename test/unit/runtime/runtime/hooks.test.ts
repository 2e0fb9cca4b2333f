import { describe, expect, it } from 'vitest'
import type { HookContext, HookName } from '../../../../src/runtime/hooks.ts'
import type { Runtime } from '../../../../src/runtime/runtime.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

const NAMES: readonly HookName[] = [
  'beforeTaskRun',
  'afterTaskSuccess',
  'afterTaskFailure',
  'afterTaskRun',
]

function noteHooks(runtime: Runtime, seen: string[]): void {
  for (const name of NAMES) {
    runtime.hooks[name](({ output, error }: HookContext) => {
      seen.push([name, output ?? error?.message].filter(Boolean).join(' '))
    })
  }
}

const fails = () => {
  throw new Error('broken')
}

describe('hooks', () => {
  it('run around a task that succeeds, in order', async () => {
    const seen: string[] = []
    const { runtime } = await startRuntime(
      planOf({
        task: () => {
          seen.push('run')
          return 'out'
        },
      }),
    )
    noteHooks(runtime, seen)
    await runtime.call('plan/task')
    expect(seen).toEqual(['beforeTaskRun', 'run', 'afterTaskSuccess out', 'afterTaskRun out'])
  })

  it('run around every attempt of a task that fails', async () => {
    const seen: string[] = []
    const retry = { attempts: 2, backoff: { type: 'fixed', delay: 10 } }
    const { runtime, clock } = await startRuntime(planOf({ task: { retry, run: fails } }))
    noteHooks(runtime, seen)
    await runtime.submit('plan/task')
    await clock.advance(10)
    const attempt = ['beforeTaskRun', 'afterTaskFailure broken', 'afterTaskRun broken']
    expect(seen).toEqual([...attempt, ...attempt])
  })

  it('are told of a cancelled run as a failure, once', async () => {
    const seen: string[] = []
    const { runtime, clock } = await startRuntime(planOf({ task: () => new Promise(() => {}) }))
    noteHooks(runtime, seen)
    const tasklet = await runtime.submit('plan/task')
    await allDone()
    await tasklet.cancel('enough')
    await clock.advance('1m')
    expect(seen).toEqual(['beforeTaskRun', 'afterTaskFailure enough', 'afterTaskRun enough'])
  })

  it('veto the run when one before it fails', async () => {
    const seen: string[] = []
    const { runtime } = await startRuntime(planOf({ task: () => seen.push('run') }))
    runtime.hooks.beforeTaskRun(() => Promise.reject(new Error('veto')))
    noteHooks(runtime, seen)
    const tasklet = await runtime.submit('plan/task')
    await expect(tasklet.result()).rejects.toMatchObject({ kind: 'hook', message: 'veto' })
    expect(seen).toEqual(['afterTaskFailure veto', 'afterTaskRun veto'])
  })

  it('do not change the outcome when one after it fails, and that is reported', async () => {
    const { runtime, log } = await startRuntime(planOf({ task: () => 'out' }))
    for (const name of ['afterTaskSuccess', 'afterTaskRun'] as const) runtime.hooks[name](fails)
    expect(await runtime.call('plan/task')).toBe('out')
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(2)
  })

  it('run after a task although one before them has failed', async () => {
    const seen: string[] = []
    const { runtime } = await startRuntime(planOf({ task: () => 'out' }))
    for (const name of ['afterTaskSuccess', 'afterTaskRun'] as const) runtime.hooks[name](fails)
    noteHooks(runtime, seen)
    await runtime.call('plan/task')
    expect(seen).toEqual(['beforeTaskRun', 'afterTaskSuccess out', 'afterTaskRun out'])
  })

  it('are over before the tasklet is settled', async () => {
    const { runtime } = await startRuntime(planOf({ task: () => 'out' }))
    const gate = Promise.withResolvers<void>()
    runtime.hooks.afterTaskRun(() => gate.promise)
    const tasklet = await runtime.submit('plan/task')
    await allDone()
    expect(await runtime.get(tasklet.id)).toMatchObject({ status: 'running', phase: 'settling' })
    gate.resolve()
    expect(await tasklet.result()).toBe('out')
  })

  it('that hang fail at their time limit', async () => {
    const { runtime, clock } = await startRuntime(planOf({ task: () => 'out' }), {
      hookTimeout: 100,
    })
    runtime.hooks.beforeTaskRun(() => new Promise(() => {}))
    const tasklet = await runtime.submit('plan/task')
    const vetoed = expect(tasklet.result()).rejects.toMatchObject({ kind: 'hook' })
    await clock.advance(100)
    await vetoed
  })
})
