import { describe, expect, it } from 'vitest'
import { LeaseLostError } from '../../../../src/runtime/operations/lease-lost.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'
import { STORES } from '../../../support/stores.ts'

describe.each(STORES)('operations on the %s store', (_, makeStore) => {
  it('explain why work does not run, until it does', async () => {
    const gate = Promise.withResolvers<string>()
    const plan = planOf(
      { paint: { resources: ['door'], run: () => gate.promise } },
      { resources: { door: 1 } },
    )
    const { runtime } = await startRuntime(plan, {}, makeStore())
    const codesOf = async (id: string) => {
      const { runnable, reasons } = await runtime.explain(id)
      return [runnable, ...reasons.map(({ code }) => code)]
    }
    const first = await runtime.submit('plan/paint')
    await allDone()
    const second = await runtime.submit('plan/paint')
    const third = await runtime.submit('plan/paint', undefined, { dependsOn: [second.id] })
    await allDone()
    expect(await codesOf(first.id)).toEqual([false, 'running'])
    expect(await codesOf(second.id)).toEqual([false, 'resource'])
    expect((await runtime.explain(second.id)).reasons[0]?.holder).toBe(first.id)
    expect(await codesOf(third.id)).toEqual([false, 'dependency'])
    await runtime.queue('main').pause()
    expect(await codesOf(second.id)).toEqual([false, 'queue-paused', 'resource'])
    gate.resolve('done')
    await first.result()
    expect(await codesOf(second.id)).toEqual([false, 'queue-paused'])
    await runtime.queue('main').resume()
    await third.result()
    expect(await codesOf(third.id)).toEqual([false, 'settled'])
    await expect(runtime.explain('nobody')).rejects.toThrow('there is no tasklet nobody')
  })

  it('count what came in and went out, and call a queue unwell by the thresholds given', async () => {
    const plan = planOf({
      good: () => 1,
      long: () => new Promise(() => {}),
      bad: () => {
        throw new Error('broken')
      },
    })
    const { runtime, clock } = await startRuntime(
      plan,
      { health: { oldestAge: '1m' }, queues: { main: { concurrency: 1, maxSize: 100 } }, grace: 0 },
      makeStore(),
    )
    await runtime.call('plan/good')
    await runtime.call('plan/good')
    await expect(runtime.call('plan/bad')).rejects.toThrow('broken')
    await runtime.submit('plan/long')
    await runtime.submit('plan/good')
    await clock.advance('59s')
    expect((await runtime.stats()).health).toEqual({ status: 'ok', reasons: [] })
    await clock.advance('2s')
    const stats = await runtime.stats()
    expect(stats).toMatchObject({
      counts: { completed: 2, failed: 1, pending: 1, running: 1 },
      completed: 2,
      failed: 1,
      inPerMinute: 5 / 15,
      outPerMinute: 3 / 15,
      leaseExpiries: 0,
      health: { status: 'degraded', reasons: [{ code: 'old-work', queue: 'main' }] },
    })
    expect(stats.queues.find(({ queue }) => queue === 'main')).toMatchObject({
      depth: 1,
      maxSize: 100,
      oldestAge: 61_000,
    })
  })

  it('sweep what has settled, as the retention says', async () => {
    const retention = { age: '1h', every: '10m', chunk: 2, pause: '1s' }
    const { runtime, clock } = await startRuntime(
      planOf({ task: () => 1 }),
      { retention },
      makeStore(),
    )
    for (let n = 0; n < 5; n += 1) await runtime.call('plan/task')
    await clock.advance('1h')
    expect(await runtime.counts()).toMatchObject({ completed: 5 })
    await clock.advance('10m')
    expect(await runtime.counts()).toMatchObject({ completed: 3 })
    await clock.advance('2s')
    expect(await runtime.counts()).toMatchObject({ completed: 0 })
  })

  it('hand external work to whoever pulls it, under a lease', async () => {
    const retry = { attempts: 2, backoff: { type: 'fixed', delay: '1s' } }
    const { runtime, clock } = await startRuntime(
      planOf({ scan: { external: true, retry } }),
      {},
      makeStore(),
    )
    const pulling = runtime.pull({ task: 'plan/scan', limit: 2, lease: '10s', consumer: 'robot' })
    const tasklet = await runtime.submit('plan/scan', { page: 1 })
    const [item] = await pulling
    expect(item?.tasklet).toMatchObject({ input: { page: 1 }, lease: { owner: 'pull/robot' } })
    await item?.nack(new Error('smudged'))
    await clock.advance('1s')
    const [late] = await runtime.pull({ lease: '10s' })
    await clock.advance('10s')
    await expect(late?.ack('too late')).rejects.toBeInstanceOf(LeaseLostError)
    const [last] = await runtime.pull({ lease: '10s' })
    await last?.extend('1m')
    await clock.advance('59s')
    await last?.ack({ words: 7 })
    expect(await tasklet.result()).toEqual({ words: 7 })
    expect(await runtime.get(tasklet.id)).toMatchObject({
      attempts: 1,
      deliveries: 3,
      failures: [{ attempt: 1, error: { kind: 'error', message: 'smudged' } }],
    })
  })
})
