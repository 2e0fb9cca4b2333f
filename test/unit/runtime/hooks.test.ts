import { describe, expect, it } from 'vitest'
import { type HookName, HookRunner } from '../../../src/runtime/hooks.ts'
import { newTasklet } from '../../../src/testing/store-contract/records.ts'
import { allDone, ManualClock } from '../../support/manual-clock.ts'

const NAMES: readonly HookName[] = [
  'beforeTaskRun',
  'afterTaskSuccess',
  'afterTaskFailure',
  'afterTaskRun',
]
const context = { tasklet: newTasklet() }

function makeHooks() {
  const clock = new ManualClock()
  const runner = new HookRunner(clock, 5000)
  return { clock, runner, hooks: runner.hooks }
}

describe('HookRunner', () => {
  it.each(NAMES)(
    'runs the %s hooks one after another in the order of registration',
    async (name) => {
      const { clock, runner, hooks } = makeHooks()
      const seen: string[] = []
      const first = Promise.withResolvers<void>()
      hooks[name](async () => {
        seen.push('first begins')
        await first.promise
        seen.push('first ends')
      })
      hooks[name]((given) => void seen.push(given === context ? 'second' : 'wrong context'))
      const running = runner.run(name, context)
      await allDone()
      expect(seen).toEqual(['first begins'])
      first.resolve()
      await running
      expect(seen).toEqual(['first begins', 'first ends', 'second'])
      expect(clock.pending).toBe(0)
    },
  )

  it('runs only the hooks of the name', async () => {
    const { runner, hooks } = makeHooks()
    const seen: string[] = []
    for (const name of NAMES) hooks[name](() => void seen.push(name))
    await runner.run('afterTaskSuccess', context)
    expect(seen).toEqual(['afterTaskSuccess'])
  })

  it('rejects with what a hook throws, at once or later', async () => {
    for (const hook of [
      () => {
        throw new Error('veto')
      },
      async () => {
        throw new Error('veto')
      },
    ]) {
      const { clock, runner, hooks } = makeHooks()
      hooks.beforeTaskRun(hook)
      await expect(runner.run('beforeTaskRun', context)).rejects.toThrow('veto')
      expect(clock.pending).toBe(0)
    }
  })

  it('gives every hook the whole time limit, and no hook more', async () => {
    const { clock, runner, hooks } = makeHooks()
    const first = Promise.withResolvers<void>()
    hooks.beforeTaskRun(() => first.promise)
    hooks.beforeTaskRun(() => new Promise(() => {}))
    let error: unknown
    const running = runner.run('beforeTaskRun', context).catch((thrown) => {
      error = thrown
    })
    await clock.advance(4999)
    first.resolve()
    await clock.advance(4999)
    expect(error).toBeUndefined()
    await clock.advance(1)
    await running
    expect(error).toMatchObject({ message: 'a beforeTaskRun hook took longer than 5000 ms' })
  })

  it('runs a hook no more once it was taken off, and is empty again then', async () => {
    const { runner, hooks } = makeHooks()
    expect(runner.isEmpty).toBe(true)
    const seen: string[] = []
    const stops = NAMES.map((name) => hooks[name](() => void seen.push(name)))
    expect(runner.isEmpty).toBe(false)
    for (const stop of stops) stop()
    for (const name of NAMES) await runner.run(name, context)
    expect(seen).toEqual([])
    expect(runner.isEmpty).toBe(true)
  })
})
