import { describe, expect, it, onTestFinished } from 'vitest'
import { RetryLater } from '../../../../src/core/errors.ts'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { makeKiln } from '../../../support/kiln.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'
import { sharedStore, wayTo } from '../../../support/shared-store.ts'

const never = () => new Promise<never>(() => {})

/** A handler of two steps that does something else in between in its first delivery. */
function makeSteps(meanwhile: (context: TaskContext) => unknown) {
  const seen: string[] = []
  let runs = 0
  const run = async (context: TaskContext) => {
    runs += 1
    const isFirst = runs === 1
    const step = (name: string) =>
      context.step(name, () => {
        seen.push(name)
        return `${name} of run ${isFirst ? 'one' : 'two'}`
      })
    const first = await step('first')
    if (isFirst) await meanwhile(context)
    return [first, await step('second')]
  }
  return { seen, run }
}

const BOTH = ['first of run one', 'second of run two']

describe('a step that was kept', () => {
  it('does not run again after a crash in the middle', async () => {
    const { seen, run } = makeSteps(never)
    const plan = planOf({ task: run })
    const store = sharedStore()
    const way = wayTo(store)
    const settings = { grace: 0, lease: { duration: '6s' } }
    const lost = await startRuntime(plan, settings, way.store)
    onTestFinished(way.recover)
    const { id } = await lost.runtime.submit('plan/task')
    await allDone()
    expect(seen).toEqual(['first'])
    way.hang()

    const next = await startRuntime(plan, settings, store, new ManualClock(lost.clock.now()))
    await next.clock.advance('6s')
    expect(await next.runtime.get(id)).toMatchObject({ status: 'completed', output: BOTH })
    expect(seen).toEqual(['first', 'second'])
  })

  it('does not run again after the runtime was stopped in the middle', async () => {
    const { seen, run } = makeSteps(never)
    const plan = planOf({ task: run })
    const store = sharedStore()
    const first = await startRuntime(plan, { grace: 0 }, store)
    const { id } = await first.runtime.submit('plan/task')
    await allDone()
    const stopping = first.runtime.stop()
    await first.clock.advance(1)
    await stopping
    const next = await startRuntime(plan, {}, store, first.clock)
    await allDone()
    expect(await next.runtime.get(id)).toMatchObject({ status: 'completed', output: BOTH })
    expect(seen).toEqual(['first', 'second'])
  })

  it.each([
    ['failed', new Error('broken')],
    ['asked for a later time', new RetryLater(1000, 'not yet')],
  ])('does not run again when the attempt %s', async (_, error) => {
    const { seen, run } = makeSteps(() => Promise.reject(error))
    const retry = { attempts: 2, backoff: { type: 'fixed', delay: 1000 } }
    const { runtime, clock } = await startRuntime(planOf({ task: { run, retry } }))
    const task = await runtime.submit('plan/task')
    await clock.advance(1000)
    expect(await task.result()).toEqual(BOTH)
    expect(seen).toEqual(['first', 'second'])
  })
})

describe('cancelling in the middle of a step', () => {
  it('lets no later step run, and keeps the resource until the step has really ended', async () => {
    const seen: string[] = []
    const middle = Promise.withResolvers<string>()
    const plan = planOf(
      {
        task: {
          resources: { door: 1 },
          run: async ({ step }: TaskContext) => {
            await step('first', () => seen.push('first'))
            await step('middle', () => middle.promise)
            seen.push('after the middle')
            await step('last', () => seen.push('last'))
          },
        },
        next: { resources: { door: 1 }, run: () => seen.push('next') },
      },
      { resources: { door: 1 } },
    )
    const { runtime, clock } = await startRuntime(plan, { grace: '1m' })
    const task = await runtime.submit('plan/task')
    const next = await runtime.submit('plan/next')
    await allDone()
    const ended = expect(task.result()).rejects.toMatchObject({ kind: 'cancelled' })
    await task.cancel('enough')
    await clock.advance('59s')
    expect([await task.status(), await next.status()]).toEqual(['running', 'pending'])
    expect(seen).toEqual(['first'])

    middle.resolve('done')
    await ended
    await next.result()
    expect(seen).toEqual(['first', 'after the middle', 'next'])
    expect(await task.status()).toBe('cancelled')
  })

  it('of a transition task lets no later edge be taken', async () => {
    const middle = Promise.withResolvers<void>()
    const kiln = makeKiln({ fire: { requires: 'hot', run: () => 'fired' } })
    kiln.doings['warm'] = async () => {
      await middle.promise
      kiln.at = 'warm'
    }
    const { runtime } = await startRuntime(kiln.plan)
    const task = await runtime.submit('kiln/fire')
    const ended = expect(task.result()).rejects.toMatchObject({ kind: 'cancelled' })
    await allDone()
    await task.cancel('enough')
    await allDone()
    expect(await task.status()).toBe('running')
    middle.resolve()
    await ended
    expect(kiln.seen).toEqual(['warm'])
  })
})
