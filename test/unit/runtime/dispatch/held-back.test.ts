import { describe, expect, it, vi } from 'vitest'
import {
  completed,
  holding,
  noting,
  startDispatchCluster,
  upTo,
} from '../../../support/dispatch-cluster.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf } from '../../../support/runtimes.ts'

describe('work whose message came too early', () => {
  it.each([10, 500])('runs when its queue is resumed, all %i of it', async (count) => {
    const { plan, runs } = noting()
    const { nodes, broker, store } = await startDispatchCluster(plan, { count: 1 })
    await nodes[0]?.runtime.queue('main').pause()
    for (const index of upTo(count)) await nodes[0]?.runtime.submit('plan/work', index)
    await vi.waitFor(() => expect(broker.depth('main')).toBe(0))
    await allDone()
    expect(runs).toEqual([])
    await nodes[0]?.runtime.queue('main').resume()
    await completed(store, count)
    expect(runs).toHaveLength(count)
  })

  it('runs when a rate limit lets it', async () => {
    const { plan, runs } = noting({ limit: { count: 1, per: '1m' } })
    const { nodes, clock } = await startDispatchCluster(plan, { count: 1 })
    for (const index of upTo(3)) await nodes[0]?.runtime.submit('plan/work', index)
    await vi.waitFor(() => expect(runs).toEqual([0]))
    await clock.advance('59s')
    expect(runs).toEqual([0])
    await clock.advance('2s')
    await vi.waitFor(() => expect(runs).toEqual([0, 1]))
    await clock.advance('1m')
    await vi.waitFor(() => expect(runs).toEqual([0, 1, 2]))
  })

  it('runs when another of its group has ended', async () => {
    const { plan, running } = holding({ groupConcurrency: 1 })
    const { nodes } = await startDispatchCluster(plan, { count: 1 })
    for (const index of upTo(3)) {
      await nodes[0]?.runtime.submit('plan/work', index, { group: 'one' })
    }
    for (const index of upTo(3)) {
      await vi.waitFor(() => expect(running).toHaveLength(index + 1))
      await allDone()
      expect(running).toHaveLength(index + 1)
      running[index]?.end()
    }
  })

  it('runs when what it needs is free', async () => {
    const running: { end(): void }[] = []
    const run = () => new Promise<void>((resolve) => running.push({ end: resolve }))
    const plan = planOf({ work: { resources: ['line'], run } }, { resources: { line: 1 } })
    const { nodes } = await startDispatchCluster(plan, { count: 1 })
    for (const index of upTo(3)) await nodes[0]?.runtime.submit('plan/work', index)
    for (const index of upTo(3)) {
      await vi.waitFor(() => expect(running).toHaveLength(index + 1))
      running[index]?.end()
    }
  })

  it('comes to a process that knows its plan', async () => {
    const { plan, runs } = noting()
    const other = planOf({ idle: () => 1 }, { name: 'other' })
    const { nodes, clock, store } = await startDispatchCluster(plan, {
      count: 2,
      plans: (index) => (index === 0 ? [plan] : [other]),
    })
    for (const index of upTo(20)) await nodes[0]?.runtime.submit('plan/work', index)
    for (const _ of upTo(12)) await clock.advance('5s')
    await completed(store, 20)
    expect(runs).toHaveLength(20)
  })
})
