import { describe, expect, it, vi } from 'vitest'
import { DispatchError } from '../../../../src/core/errors.ts'
import { memoryDispatch } from '../../../../src/dispatch/memory/dispatch.ts'
import type { Dispatch } from '../../../../src/ports/dispatch.ts'
import type { Store } from '../../../../src/ports/store.ts'
import {
  completed,
  holding,
  noting,
  startDispatchCluster,
  upTo,
  watchClaims,
} from '../../../support/dispatch-cluster.ts'
import { allDone } from '../../../support/manual-clock.ts'

describe('when a broker fails', () => {
  it('brings back what it has lost within ten seconds', async () => {
    const { plan, running } = holding()
    const { nodes, broker, clock, store } = await startDispatchCluster(plan, {
      count: 2,
      options: { concurrency: 2 },
    })
    for (const index of upTo(12)) await nodes[0]?.runtime.submit('plan/work', index)
    await vi.waitFor(() => expect(running).toHaveLength(4))
    broker.lose()
    for (const { end } of running.splice(0)) end()
    await allDone()
    expect(running).toHaveLength(0)
    await clock.advance('10s')
    for (const _ of upTo(2)) {
      await vi.waitFor(() => expect(running).toHaveLength(4))
      for (const { end } of running.splice(0)) end()
    }
    await completed(store, 12)
  })

  it('works without it from the start', async () => {
    const { plan, runs } = noting()
    const gone = new DispatchError('open', 'nobody is there')
    const dispatch = () =>
      Object.assign(memoryDispatch(), { name: 'gone', open: () => Promise.reject(gone) })
    const { nodes, clock, store } = await startDispatchCluster(plan, {
      count: 1,
      dispatch,
    })
    for (const index of upTo(10)) await nodes[0]?.runtime.submit('plan/work', index)
    await completed(store, 10)
    await clock.advance('1m')
    expect(runs).toHaveLength(10)
    expect(nodes[0]?.log.lines).toEqual([
      {
        level: 'warn',
        message:
          'the broker for dispatch (gone) is out of reach: queues ask the store for work until it is back',
      },
    ])
  })

  it('does not start when the driver for it is not installed', async () => {
    const { plan } = noting()
    const cause = Object.assign(new Error('no such package'), { code: 'ERR_MODULE_NOT_FOUND' })
    const missing = new DispatchError('open', 'npm install it', { cause })
    const dispatch = () => Object.assign(memoryDispatch(), { open: () => Promise.reject(missing) })
    await expect(startDispatchCluster(plan, { count: 1, dispatch })).rejects.toBe(missing)
  })

  it('works without it while it is away, and with it again when it is back', async () => {
    const { requests, way } = watchClaims()
    const { plan, runs } = noting()
    const { nodes, broker, clock, store } = await startDispatchCluster(plan, { count: 1, way })
    broker.goDown()
    for (const index of upTo(10)) await nodes[0]?.runtime.submit('plan/work', index)
    await completed(store, 10)
    broker.comeBack()
    await clock.advance('10s')
    requests.length = 0
    await nodes[0]?.runtime.submit('plan/work', 10)
    await completed(store, 11)
    expect(requests).toMatchObject([{ ids: [expect.any(String)] }])
    expect(runs).toHaveLength(11)
    expect(nodes[0]?.log.lines.map(({ level }) => level)).toEqual(['warn', 'info'])
  })

  it('goes on with what it has in hand when only publishing has failed', async () => {
    const { plan, running } = holding()
    let fails = false
    const { nodes, broker, clock, store } = await startDispatchCluster(plan, {
      count: 1,
      options: { concurrency: 2 },
      dispatch: (shared) => {
        const inner = memoryDispatch(shared)
        const refused = new DispatchError('unavailable', 'no answer')
        const taken = inner.publish.bind(inner)
        const publish: Dispatch['publish'] = (messages) =>
          fails ? Promise.reject(refused) : taken(messages)
        return Object.assign(inner, { publish })
      },
    })
    const submit = (count: number) =>
      Promise.all(upTo(count).map((index) => nodes[0]?.runtime.submit('plan/work', index)))
    await submit(2)
    await vi.waitFor(() => expect(running).toHaveLength(2))
    fails = true
    await submit(1)
    await vi.waitFor(() => expect(nodes[0]?.log.lines).toHaveLength(1))
    fails = false
    await clock.advance('10s')
    await vi.waitFor(() => expect(nodes[0]?.log.lines).toHaveLength(2))
    await submit(3)
    for (const settled of [2, 4, 6]) {
      await vi.waitFor(() => expect(running).toHaveLength(2))
      for (const { end } of running.splice(0)) end()
      await completed(store, settled)
    }
    await vi.waitFor(() => expect(broker.depth('main')).toBe(0))
  })

  it('tells others of what a process has stored and could not tell', async () => {
    const { plan, runs } = noting()
    const { nodes, clock, store } = await startDispatchCluster(plan, {
      count: 2,
      way: (inner, index) => (index === 0 ? mute(inner) : deaf(inner)),
    })
    await nodes[1]?.runtime.queue('main').pause()
    await nodes[0]?.runtime.submit('plan/work', 'left')
    await nodes[1]?.runtime.queue('main').resume()
    await clock.advance('5s')
    await completed(store, 1)
    expect(runs).toEqual(['left'])
  })
})

/** The way of a process that hears of nothing that others note. */
function deaf(store: Store): Store {
  return new Proxy(store, {
    get: (target, method: keyof Store) => (method === 'onOutbox' ? () => () => {} : target[method]),
  })
}

/** The way of a process that is gone before it can tell what it has stored, or claim it. */
function mute(store: Store): Store {
  return new Proxy(store, {
    get(target, method: keyof Store) {
      if (method === 'onOutbox') return () => () => {}
      if (method === 'takeOutbox' || method === 'claim') return () => Promise.resolve([])
      return target[method]
    },
  })
}
