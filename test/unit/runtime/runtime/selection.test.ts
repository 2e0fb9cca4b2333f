import { describe, expect, it } from 'vitest'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

/** Handlers that note their input and go on until the test lets them. */
function makeWork() {
  const started: unknown[] = []
  const going: (() => void)[] = []
  const run = ({ input }: TaskContext) => {
    started.push(input)
    return new Promise<void>((resolve) => going.push(resolve))
  }
  const endFirst = async () => {
    going.shift()?.()
    await allDone()
  }
  return { started, run, endFirst }
}

describe('selection', () => {
  it('starts no more in a window than a limit allows, and the next as soon as it opens', async () => {
    const started: unknown[] = []
    const run = ({ input }: TaskContext) => void started.push(input)
    const { runtime, clock } = await startRuntime(
      planOf({ call: { limit: { count: 2, per: '1s' }, run } }),
    )
    for (let n = 1; n <= 5; n += 1) await runtime.submit('plan/call', n)
    await allDone()
    expect(started).toEqual([1, 2])
    await clock.advance(999)
    expect(started).toEqual([1, 2])
    await clock.advance(1)
    expect(started).toEqual([1, 2, 3, 4])
    await clock.advance(1000)
    expect(started).toEqual([1, 2, 3, 4, 5])
  })

  it('lets other work pass what a resource or a rate limit holds back', async () => {
    const { started, run } = makeWork()
    const plan = planOf(
      {
        paint: { resources: ['door'], run },
        call: { limit: { count: 1, per: '1s' }, run },
        other: { run },
      },
      { resources: { door: 1 } },
    )
    const { runtime } = await startRuntime(plan, { concurrency: 9 })
    for (const task of ['paint', 'paint', 'call', 'call', 'other']) {
      await runtime.submit(`plan/${task}`, task)
    }
    await allDone()
    expect(started).toEqual(['paint', 'call', 'other'])
  })

  it('holds what waits for a resource in the store, where the more urgent still comes first', async () => {
    const { started, run, endFirst } = makeWork()
    const plan = planOf({ paint: { resources: ['door'], run } }, { resources: { door: 1 } })
    const { runtime } = await startRuntime(plan)
    const first = await runtime.submit('plan/paint', 'first')
    const normal = await runtime.submit('plan/paint', 'normal')
    await allDone()
    expect(await runtime.get(normal.id)).toMatchObject({ status: 'pending', deliveries: 0 })
    await runtime.submit('plan/paint', 'urgent', { priority: 'high' })
    await endFirst()
    expect(await runtime.get(first.id)).toMatchObject({ status: 'completed' })
    expect(started).toEqual(['first', 'urgent'])
    await endFirst()
    expect(started).toEqual(['first', 'urgent', 'normal'])
  })

  it('frees a resource for work of another queue', async () => {
    const { started, run, endFirst } = makeWork()
    const plan = planOf({ paint: { resources: ['door'], run } }, { resources: { door: 1 } })
    const { runtime } = await startRuntime(plan)
    await runtime.submit('plan/paint', 'main')
    await allDone()
    await runtime.submit('plan/paint', 'event', { queue: 'event' })
    await allDone()
    expect(started).toEqual(['main'])
    await endFirst()
    expect(started).toEqual(['main', 'event'])
  })

  it('runs no more of one group than its task allows, and others meanwhile', async () => {
    const { started, run, endFirst } = makeWork()
    const { runtime } = await startRuntime(planOf({ send: { groupConcurrency: 1, run } }))
    for (const [input, group] of [
      ['a1', 'a'],
      ['a2', 'a'],
      ['b1', 'b'],
    ] as const) {
      await runtime.submit('plan/send', input, { group })
    }
    await allDone()
    expect(started).toEqual(['a1', 'b1'])
    await endFirst()
    expect(started).toEqual(['a1', 'b1', 'a2'])
  })

  it('leaves what others do to them', async () => {
    const { runtime } = await startRuntime(planOf({ scan: { external: true } }))
    const { id } = await runtime.submit('plan/scan')
    await allDone()
    expect(await runtime.get(id)).toMatchObject({ status: 'pending', deliveries: 0 })
  })

  it('lets a full queue delay no other', async () => {
    const { started, run } = makeWork()
    const { runtime } = await startRuntime(planOf({ task: run }), {
      queues: { slow: { concurrency: 1 } },
    })
    for (const queue of ['slow', 'slow', 'main', 'event', 'interrupt']) {
      await runtime.submit('plan/task', queue, { queue })
    }
    await allDone()
    expect(started.toSorted()).toEqual(['event', 'interrupt', 'main', 'slow'])
  })

  it('gives a retried tasklet back its place before those that came after it', async () => {
    const started: unknown[] = []
    let failing = true
    const run = ({ input }: TaskContext) => {
      started.push(input)
      if (input === 'first' && failing) throw new Error('not yet')
    }
    const retry = { attempts: 2, backoff: { type: 'fixed', delay: '1s' } }
    const { runtime, clock } = await startRuntime(
      planOf({ task: { retry, limit: { count: 1, per: '1s' }, run } }),
      { concurrency: 1 },
    )
    for (const input of ['first', 'second', 'third']) await runtime.submit('plan/task', input)
    await allDone()
    failing = false
    await clock.advance('3s')
    expect(started).toEqual(['first', 'first', 'second', 'third'])
  })
})
