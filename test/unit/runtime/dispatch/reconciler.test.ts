import { describe, expect, it } from 'vitest'
import type { DispatchMessage } from '../../../../src/ports/dispatch.ts'
import type { Store } from '../../../../src/ports/store.ts'
import type { ClaimRequest } from '../../../../src/ports/store-messages.ts'
import { Reconciler } from '../../../../src/runtime/dispatch/reconciler.ts'
import { memoryStore } from '../../../../src/stores/memory/store.ts'
import { newTasklet } from '../../../../src/testing/store-contract/records.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { watchedStore } from '../../../support/watched-store.ts'

async function makeReconciler(
  inner: Store = memoryStore(),
  owner = 'us',
  clock = new ManualClock(),
) {
  const { store, calls } = watchedStore(inner)
  await store.open()
  const published: DispatchMessage[] = []
  const restored: [string, number][] = []
  const broker = { depth: 0 }
  const request = (queue: string, limit: number): ClaimRequest => ({
    queue,
    owner,
    limit,
    now: clock.now(),
    leaseUntil: clock.now() + 30_000,
    skipTasks: ['plan/external'],
    knownPlans: ['plan'],
  })
  const reconciler = new Reconciler({
    store,
    dispatch: {
      depth: () => Promise.resolve(broker.depth),
      publish: async (messages) => void published.push(...messages),
    },
    clock,
    owner,
    queues: ['main'],
    interval: 5000,
    plans: () => ['plan'],
    external: () => ['plan/external'],
    request,
    restored: (queue, count) => restored.push([queue, count]),
  })
  const look = async () => {
    clock.jump(5000)
    await reconciler.look()
  }
  return { reconciler, store, calls, clock, broker, published, restored, look }
}

const tasklets = (count: number, fields: object = {}) =>
  Array.from({ length: count }, () => newTasklet({ plan: 'plan', task: 'work', ...fields }))

describe('the reconciler', () => {
  it('asks for nothing but counts while nothing is pending', async () => {
    const { look, calls } = await makeReconciler()
    await look()
    await look()
    expect(calls).toEqual(['open', 'counts', 'counts'])
  })

  it('publishes again what two looks find without a message, in order', async () => {
    const { look, store, published, restored } = await makeReconciler()
    const [late, early] = [tasklets(2, { priority: 900 }), tasklets(2, { priority: 100 })]
    await store.insert([...late, ...early])
    await look()
    expect(published).toEqual([])
    await look()
    expect(published).toEqual(
      [...early, ...late].map(({ id, priority }) => ({
        id,
        queue: 'main',
        priority,
        deliveries: 0,
      })),
    )
    expect(restored).toEqual([['main', 4]])
  })

  it('leaves alone what waits in the broker', async () => {
    const { look, store, broker, published } = await makeReconciler()
    await store.insert(tasklets(3))
    broker.depth = 3
    for (let looks = 0; looks < 4; looks += 1) await look()
    expect(published).toEqual([])
  })

  it('takes work that comes and goes for no loss', async () => {
    const { look, store, published } = await makeReconciler()
    for (let looks = 0; looks < 4; looks += 1) {
      const passing = tasklets(3)
      await store.insert(passing)
      await look()
      const now = Date.now()
      for (const { id } of passing) {
        await store.cancel(id, { kind: 'cancelled', message: 'enough' }, now)
      }
    }
    expect(published).toEqual([])
  })

  it('brings back thousands at once, and nothing that is pulled', async () => {
    const { look, store, published } = await makeReconciler()
    await store.insert(tasklets(3000))
    await store.insert(tasklets(5, { task: 'external' }))
    await look()
    await look()
    expect(published).toHaveLength(3000)
  })

  it('publishes again what later ones overtake, however much waits behind it', async () => {
    const { look, store, broker, published, restored } = await makeReconciler()
    const lost = tasklets(3)
    const others = tasklets(600)
    await store.insert([...lost, ...others])
    broker.depth = 600
    for (let looks = 0; looks < 4; looks += 1) {
      await look()
      const now = Date.now()
      for (const { id } of others.splice(0, 50)) {
        await store.cancel(id, { kind: 'cancelled', message: 'as if it had run' }, now)
      }
      if (looks < 2) expect(published).toEqual([])
    }
    expect(published.map(({ id }) => id)).toEqual(lost.map(({ id }) => id))
    expect(restored).toEqual([['main', 3]])
  })

  it('takes nothing for overtaken because more urgent work has come', async () => {
    const { look, store, broker, published } = await makeReconciler()
    await store.insert(tasklets(400))
    broker.depth = 9999
    for (let looks = 0; looks < 4; looks += 1) {
      await look()
      await store.insert(tasklets(50, { priority: 100 - looks }))
    }
    expect(published).toEqual([])
  })

  it('is one process at a time, until that one has gone', async () => {
    const one = await makeReconciler()
    const other = await makeReconciler(one.store, 'them', one.clock)
    await one.store.insert(tasklets(2))
    await one.reconciler.look()
    await other.reconciler.look()
    await one.look()
    await other.reconciler.look()
    expect([one.published.length, other.published.length]).toEqual([2, 0])
    for (let looks = 0; looks < 5; looks += 1) await other.look()
    expect(other.published.length).toBeGreaterThan(0)
  })
})
