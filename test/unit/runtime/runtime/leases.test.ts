import { describe, expect, it } from 'vitest'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import type { Store } from '../../../../src/ports/store.ts'
import { claimOf, idsOf, newTasklet } from '../../../../src/testing/store-contract/records.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'
import { makeRuntime, planOf, startRuntime } from '../../../support/runtimes.ts'
import { sharedStore } from '../../../support/shared-store.ts'

/** Has what waits in these queues lose one delivery, as if its process had died. */
async function loseDelivery(store: Store, queues: readonly string[]): Promise<void> {
  for (const queue of queues) await store.claim(claimOf({ queue, owner: 'dead' }))
  await store.rescue({ now: 0, deadOwners: ['dead'], maxDeliveries: 99 })
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

describe('tasklets on their last delivery', () => {
  it('run one at a time in all queues, each as soon as the one before has ended', async () => {
    const store = sharedStore()
    const gates: PromiseWithResolvers<void>[] = []
    const run = () => {
      const gate = Promise.withResolvers<void>()
      gates.push(gate)
      return gate.promise
    }
    const { runtime } = makeRuntime(planOf({ task: run }), {}, store)
    await store.open()
    const suspects = [newTasklet(), newTasklet({ queue: 'event' }), newTasklet()]
    await store.insert(suspects)
    for (let time = 0; time < 2; time += 1) await loseDelivery(store, ['main', 'event'])
    await runtime.start()
    for (let ended = 0; ended < suspects.length; ended += 1) {
      await allDone()
      expect(gates).toHaveLength(ended + 1)
      gates[ended]?.resolve()
    }
    await allDone()
    expect(await store.counts()).toMatchObject({ completed: 3, pending: 0, running: 0 })
  })

  it('run on when the one that ran elsewhere has ended its process', async () => {
    const store = sharedStore()
    const { runtime, clock } = makeRuntime(planOf({ task: () => 'done' }), {}, store)
    await store.open()
    const suspects = [newTasklet({ queue: 'event' }), newTasklet()]
    await store.insert(suspects)
    for (let time = 0; time < 2; time += 1) await loseDelivery(store, ['main', 'event'])
    const now = clock.now()
    await store.claim(claimOf({ now, leaseUntil: now + 1000, lastDelivery: 2 }))
    await runtime.start()
    await allDone()
    expect(await store.counts()).toMatchObject({ pending: 1, running: 1 })
    await clock.advance('1s')
    expect((await store.getMany(idsOf(suspects))).map(({ status }) => status)).toEqual([
      'completed',
      'failed',
    ])
  })
})
