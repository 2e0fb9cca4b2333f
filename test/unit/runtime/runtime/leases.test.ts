import { describe, expect, it } from 'vitest'
import type { TaskContext } from '../../../../src/plan/model.ts'
import type { Store } from '../../../../src/ports/store.ts'
import { memoryStore } from '../../../../src/stores/memory/store.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

/** One store for several runtimes: it stays open when the first of them stops. */
function sharedStore(): Store {
  return new Proxy(memoryStore(), {
    get(target, method: keyof Store) {
      if (method === 'close') return () => Promise.resolve()
      const member = target[method]
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

describe('a lease', () => {
  it('that ends while the event loop is blocked is lost once, and the stale output with it', async () => {
    const store = sharedStore()
    const gate = Promise.withResolvers<string>()
    const blocked = await startRuntime(planOf({ task: () => gate.promise }), {}, store)
    const tasklet = await blocked.runtime.submit('plan/task')
    await allDone()

    // The other's clock goes on; the blocked one's stands still, and it renews nothing.
    const elsewhere = planOf({ task: () => new Promise(() => {}) })
    const other = await startRuntime(elsewhere, { grace: 0 }, store, new ManualClock())
    await other.clock.advance('1m')
    const holder = (await store.get(tasklet.id))?.lease?.owner
    expect(other.events.filter(({ name }) => name === 'tasklet.pending')).toHaveLength(1)

    gate.resolve('stale')
    await blocked.clock.advance('1m')
    expect(blocked.events.filter(({ name }) => name === 'lease.lost')).toMatchObject([
      { data: { taskletId: tasklet.id, holder } },
    ])
    expect(holder).toBeDefined()
    expect(await store.get(tasklet.id)).toMatchObject({ status: 'running', output: undefined })
  })

  it('that ends and is claimed again by the same process leaves one outcome', async () => {
    const runs: PromiseWithResolvers<string>[] = []
    const run = ({ signal }: TaskContext) => {
      const gate = Promise.withResolvers<string>()
      signal.addEventListener('abort', () => gate.resolve('stale'))
      runs.push(gate)
      return gate.promise
    }
    const { runtime, store, clock, events } = await startRuntime(planOf({ task: run }))
    const tasklet = await runtime.submit('plan/task')
    await allDone()
    const later = clock.now() + 60_000
    await store.rescue({ now: later, deadOwners: [], maxDeliveries: 3 })
    await runtime.submit('plan/task')
    await allDone()
    expect(runs).toHaveLength(3)
    runs[1]?.resolve('fresh')
    expect(await tasklet.result()).toBe('fresh')
    expect(events.filter(({ name }) => name === 'lease.lost')).toHaveLength(1)
    expect(await runtime.get(tasklet.id)).toMatchObject({ status: 'completed', deliveries: 2 })
  })
})
