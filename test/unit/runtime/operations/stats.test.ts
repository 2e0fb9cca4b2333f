import { describe, expect, it } from 'vitest'
import type { BrokerState } from '../../../../src/runtime/dispatch/broker-link.ts'
import {
  type HealthOptions,
  toHealthThresholds,
} from '../../../../src/runtime/operations/health.ts'
import { readStats } from '../../../../src/runtime/operations/stats.ts'
import { settlementOf } from '../../../../src/testing/store-contract/records.ts'
import { add, end, makeScene, start } from './scene.ts'

async function makeStats(health: HealthOptions = {}, brokers: readonly BrokerState[] = []) {
  const scene = await makeScene()
  const services = {
    ...scene,
    thresholds: toHealthThresholds(health),
    queueNames: ['main'],
    brokers,
    maxSize: () => 10,
  }
  return { ...scene, read: (window?: number) => readStats(services, window) }
}

describe('the statistics', () => {
  it('count by status, and show every queue that is declared or used', async () => {
    const scene = await makeStats()
    await add(scene)
    const later = { status: 'scheduled', notBefore: scene.clock.now() + 1 } as const
    await add(scene, { queue: 'used', ...later })
    await end(scene, 'completed', { queue: 'used' })
    const { counts, queues } = await scene.read()
    expect(counts).toMatchObject({ pending: 1, scheduled: 1, completed: 1, running: 0 })
    expect(queues).toMatchObject([
      { queue: 'main', paused: false, depth: 1, counts: { pending: 1 } },
      { queue: 'used', depth: 1, counts: { scheduled: 1, completed: 1 } },
    ])
  })

  it('say how long the oldest work has been waiting', async () => {
    const scene = await makeStats()
    expect((await scene.read()).queues[0]?.oldestAge).toBeUndefined()
    await add(scene)
    await scene.clock.advance('90s')
    await add(scene)
    expect((await scene.read()).queues[0]?.oldestAge).toBe(90_000)
  })

  it('measure waits, runs and flow within the window', async () => {
    const scene = await makeStats()
    for (let index = 0; index < 10; index += 1) {
      await add(scene)
      await scene.clock.advance('1s')
      const started = await start(scene)
      await scene.clock.advance('2s')
      const at = scene.clock.now()
      await scene.store.settle([settlementOf(started, { at, actualDuration: 2000 })])
    }
    const { wait, run, inPerMinute, outPerMinute, completed } = await scene.read(600_000)
    expect(completed).toBe(10)
    expect(inPerMinute).toBe(1)
    expect(outPerMinute).toBe(1)
    for (const [value, least] of [
      [wait.p50, 1000],
      [wait.p99, 1000],
      [run.p95, 2000],
    ] as const) {
      expect(value).toBeGreaterThanOrEqual(least)
      expect(value).toBeLessThanOrEqual(least * 1.25)
    }
    await scene.clock.advance('1h')
    expect(await scene.read(600_000)).toMatchObject({ completed: 0, wait: { p50: undefined } })
  })

  it('count retries and lost leases, and a lost lease is no good sign', async () => {
    const scene = await makeStats()
    await add(scene)
    const started = await start(scene)
    const now = scene.clock.now()
    await scene.store.settle([
      settlementOf(started, { status: 'retrying', attempts: 1, notBefore: now + 1, at: now }),
    ])
    await add(scene)
    await start(scene)
    await scene.clock.advance('31s')
    await scene.store.rescue({ now: scene.clock.now(), deadOwners: [], maxDeliveries: 3 })
    expect(await scene.read()).toMatchObject({
      retries: 1,
      leaseExpiries: 1,
      health: { status: 'degraded', reasons: [{ code: 'lease-expiries', queue: 'main' }] },
    })
  })
})

describe('the window of the statistics', () => {
  it.for([[1000], [172_800_000], [Number.NaN]])('cannot be %s ms', async ([window]) => {
    const scene = await makeStats()
    await expect(scene.read(window)).rejects.toMatchObject({ code: 'invalid_input' })
  })
})

describe('the health', () => {
  it('is good while nothing is wrong', async () => {
    const scene = await makeStats()
    await add(scene)
    expect((await scene.read()).health).toEqual({ status: 'ok', reasons: [] })
  })

  it('is degraded while a broker is away, and says which', async () => {
    const scene = await makeStats({}, [
      { role: 'dispatch', name: 'bullmq', isUp: false },
      { role: 'topics', name: 'kafka', isUp: true },
    ])
    const message = 'the broker for dispatch (bullmq) is out of reach'
    expect((await scene.read()).health).toEqual({
      status: 'degraded',
      reasons: [{ status: 'degraded', code: 'broker-down', role: 'dispatch', message }],
    })
  })

  it('is degraded when work waits long, and stalled when nothing moves either', async () => {
    const scene = await makeStats()
    await add(scene)
    await scene.clock.advance('6m')
    expect((await scene.read()).health).toMatchObject({
      status: 'degraded',
      reasons: [{ code: 'old-work' }],
    })
    await scene.clock.advance('5m')
    expect((await scene.read()).health).toMatchObject({
      status: 'stalled',
      reasons: [{ code: 'stalled', queue: 'main' }],
    })
  })

  it('is not stalled while something runs or has just ended', async () => {
    const scene = await makeStats()
    await add(scene, { priority: 900 })
    await scene.clock.advance('11m')
    await end(scene, 'completed')
    expect((await scene.read()).health.status).toBe('degraded')
    await scene.clock.advance('12m')
    await add(scene, { priority: 0 })
    expect((await scene.read()).health.status).toBe('stalled')
    await start(scene)
    expect((await scene.read()).health.status).toBe('degraded')
  })

  it('does not blame a paused queue for what waits in it', async () => {
    const scene = await makeStats()
    await add(scene)
    await scene.store.setPaused('main', true)
    await scene.clock.advance('1h')
    expect((await scene.read()).health.status).toBe('ok')
  })

  it('is degraded when half of what ends has failed', async () => {
    const scene = await makeStats({ failureSample: 4 })
    for (const status of ['failed', 'failed', 'completed'] as const) await end(scene, status)
    expect((await scene.read()).health.status).toBe('ok')
    await end(scene, 'completed')
    expect((await scene.read()).health.reasons).toMatchObject([{ code: 'failures' }])
  })

  it('is degraded when a queue is nearly full', async () => {
    const scene = await makeStats()
    for (let index = 0; index < 8; index += 1) await add(scene)
    expect((await scene.read()).health.status).toBe('ok')
    await add(scene)
    expect((await scene.read()).health.reasons).toMatchObject([{ code: 'nearly-full' }])
  })

  it.for([
    [{ oldestAge: 'long' }, 'health.oldestAge'],
    [{ failureShare: 2 }, 'health.failureShare'],
    [{ leaseExpiries: 0 }, 'health.leaseExpiries'],
  ] as const)('refuses the threshold %o by its name', ([options, name]) => {
    expect(() => toHealthThresholds(options)).toThrow(name)
  })
})
