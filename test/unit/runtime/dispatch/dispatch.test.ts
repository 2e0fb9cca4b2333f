import { describe, expect, it, vi } from 'vitest'
import { memoryDispatch } from '../../../../src/dispatch/memory/dispatch.ts'
import {
  completed,
  holding,
  noting,
  startDispatchCluster,
  upTo,
  watchClaims,
} from '../../../support/dispatch-cluster.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf } from '../../../support/runtimes.ts'

describe('runtimes that share a broker', () => {
  it('run everything once', async () => {
    const { plan, runs } = noting()
    const { nodes, store } = await startDispatchCluster(plan, { count: 3 })
    for (const index of upTo(100)) await nodes[0]?.runtime.submit('plan/work', index)
    await completed(store, 100)
    expect(runs.toSorted((one, other) => Number(one) - Number(other))).toEqual(upTo(100))
  })

  it('ask the store only for what they were told of', async () => {
    const { requests, way } = watchClaims()
    const { plan } = noting()
    const { nodes, store } = await startDispatchCluster(plan, { count: 2, way })
    await vi.waitFor(() => expect(requests.length).toBe(6))
    requests.length = 0
    for (const index of upTo(20)) await nodes[0]?.runtime.submit('plan/work', index)
    await completed(store, 20)
    expect(requests.filter(({ ids }) => ids === undefined)).toEqual([])
    expect(requests.flatMap(({ ids = [] }) => ids)).toHaveLength(20)
  })

  it('run what was there before they came', async () => {
    const { plan, runs } = noting()
    const { nodes, store } = await startDispatchCluster(plan, { count: 1, options: { work: [] } })
    const ids = upTo(10)
    for (const index of ids) await nodes[0]?.runtime.submit('plan/work', index)
    const later = await startDispatchCluster(plan, { count: 2, store })
    await completed(later.store, 10)
    expect(runs).toEqual(ids)
  })

  it('run what is urgent first', async () => {
    const { plan, running } = holding()
    const { nodes } = await startDispatchCluster(plan, { count: 1, options: { concurrency: 1 } })
    const submit = (input: string, priority: number) =>
      nodes[0]?.runtime.submit('plan/work', input, { priority })
    await submit('first', 500)
    await vi.waitFor(() => expect(running).toHaveLength(1))
    for (const [name, priority] of [
      ['low', 900],
      ['high', 100],
      ['normal', 500],
    ] as const) {
      await submit(name, priority)
    }
    for (const index of upTo(4)) {
      await vi.waitFor(() => expect(running).toHaveLength(index + 1))
      running[index]?.end()
    }
    expect(running.map(({ input }) => input)).toEqual(['first', 'high', 'normal', 'low'])
  })

  it('have no more messages in hand than slots, until their tasklets have ended', async () => {
    const { plan, running } = holding()
    const { nodes, broker, store } = await startDispatchCluster(plan, {
      count: 2,
      options: { concurrency: 2 },
    })
    for (const index of upTo(7)) await nodes[0]?.runtime.submit('plan/work', index)
    await vi.waitFor(() => expect(running).toHaveLength(4))
    await allDone()
    expect(broker.depth('main')).toBe(3)
    running[0]?.end()
    await vi.waitFor(() => expect(running).toHaveLength(5))
    expect(broker.depth('main')).toBe(2)
    for (const index of [1, 2, 3, 4, 5, 6]) {
      await vi.waitFor(() => expect(running.length).toBeGreaterThan(index))
      running[index]?.end()
    }
    await completed(store, 7)
  })

  it('find nothing in a message that comes twice', async () => {
    const { plan, runs } = noting()
    const { nodes, store, broker } = await startDispatchCluster(plan, {
      count: 2,
      dispatch: (faulty) => {
        const inner = memoryDispatch(faulty)
        const once = inner.publish.bind(inner)
        const publish: typeof once = async (messages) => {
          await once(messages)
          await once(messages.map((message) => ({ ...message, deliveries: 99 })))
        }
        return Object.assign(inner, { publish })
      },
    })
    for (const index of upTo(30)) await nodes[0]?.runtime.submit('plan/work', index)
    await completed(store, 30)
    await vi.waitFor(() => expect(broker.depth('main')).toBe(0))
    expect(runs).toHaveLength(30)
  })

  it('hand over what they have not begun when they stop', async () => {
    const { plan, running } = holding()
    const one = { count: 1, options: { concurrency: 1 } }
    const { nodes, broker, clock, store } = await startDispatchCluster(plan, one)
    broker.goDown()
    await nodes[0]?.runtime.submit('plan/work', 'without a message')
    await vi.waitFor(() => expect(running).toHaveLength(1))
    clock.jump(3000)
    broker.comeBack()
    await nodes[0]?.runtime.submit('plan/work', 'waits for a slot')
    await vi.waitFor(async () => expect((await store.counts()).pending).toBe(1))
    await vi.waitFor(() => expect(broker.depth('main')).toBe(0))
    await startDispatchCluster(plan, { ...one, broker, store })
    const stopping = nodes[0]?.runtime.stop({ drain: '1m' })
    await vi.waitFor(() => expect(running).toHaveLength(2))
    for (const { end } of running) end()
    await stopping
    await completed(store, 2)
  })

  it('take over what one of them gives back', async () => {
    const starts: number[] = []
    const run = ({ signal }: { signal: AbortSignal }) =>
      new Promise<void>((resolve, reject) => {
        starts.push(starts.length)
        if (starts.length > 1) resolve()
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    const plan = planOf({ work: run })
    const { nodes, store, broker } = await startDispatchCluster(plan, { count: 1 })
    await nodes[0]?.runtime.submit('plan/work')
    await vi.waitFor(() => expect(starts).toHaveLength(1))
    await startDispatchCluster(plan, { count: 1, store, broker })
    await nodes[0]?.runtime.stop()
    await completed(store, 1)
  })

  it('leave alone what is pulled', async () => {
    const plan = planOf({ scan: { external: true } })
    const { nodes, broker } = await startDispatchCluster(plan, { count: 1 })
    const handle = await nodes[0]?.runtime.submit('plan/scan')
    const [item] = (await nodes[0]?.runtime.pull({ wait: 0 })) ?? []
    expect(item?.tasklet.id).toBe(handle?.id)
    expect(broker.depth('main')).toBe(0)
  })
})
