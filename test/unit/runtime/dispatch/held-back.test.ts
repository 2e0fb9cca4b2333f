import { describe, expect, it, vi } from 'vitest'
import type { Plan } from '../../../../src/plan/model.ts'
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

  it('comes at once to a process that knows its plan and has room', async () => {
    const { plan, runs } = noting()
    const { nodes, store } = await startStrangers(plan)
    for (const index of upTo(20)) {
      await nodes[0]?.runtime.submit('plan/work', index)
      await completed(store, index + 1)
    }
    expect(runs).toHaveLength(20)
  })

  it('comes to a busy process that knows its plan, all of it, after ten seconds', async () => {
    const { plan, running } = holding()
    const { nodes, broker, clock, store } = await startStrangers(plan)
    for (const index of upTo(40)) await nodes[0]?.runtime.submit('plan/work', index)
    await vi.waitFor(() => expect(running).toHaveLength(4))
    // Nobody passes round for ever what has to wait.
    await vi.waitFor(() => expect(broker.depth('main')).toBe(0))
    await clock.advance('10s')
    for (const batch of upTo(10)) {
      await vi.waitFor(() => expect(running).toHaveLength(4))
      for (const { end } of running.splice(0)) end()
      await completed(store, 4 * batch + 4)
    }
  })
})

/** Of two processes the second knows another plan. */
function startStrangers(plan: Plan) {
  const other = planOf({ idle: () => 1 }, { name: 'other' })
  return startDispatchCluster(plan, {
    count: 2,
    plans: (index) => (index === 0 ? [plan] : [other]),
  })
}
