import { expect, test, vi } from 'vitest'
import { StoreError } from '../../../../src/core/errors.ts'
import type { Store } from '../../../../src/ports/store.ts'
import type { StepRecord } from '../../../../src/ports/store-messages.ts'
import { StoredJournal } from '../../../../src/runtime/deliveries/journal.ts'
import { Steps } from '../../../../src/runtime/deliveries/steps.ts'
import { makeDelivery } from '../../../support/deliveries.ts'
import { ManualClock } from '../../../support/manual-clock.ts'

/** The steps of one delivery over what a store holds; `held` says whether the lease is. */
function makeSteps(
  deliveries: number,
  kept: StepRecord[] = [],
  held: () => boolean | Promise<boolean> = () => true,
) {
  const delivery = makeDelivery({ deliveries })
  const steps = vi.fn(async () => kept)
  const store: Pick<Store, 'steps' | 'recordStep'> = {
    steps,
    async recordStep(lease, step) {
      expect(lease.token).toBe(1)
      const isHeld = await held()
      if (isHeld) kept.push(step)
      return isHeld
    },
  }
  const clock = new ManualClock(5)
  const services = {
    // A journal asks for nothing else of its store.
    store: store as Store,
    clock,
    leaseLost: () => void delivery.stop({ kind: 'lease-lost', message: 'the lease was lost' }),
  }
  const journal = new StoredJournal(services, delivery)
  return { run: new Steps(journal, () => delivery.signal), delivery, steps, kept, clock }
}

test('A step runs, and its output is kept under the lease.', async () => {
  const { run, kept, steps } = makeSteps(1)
  expect(await run.run('pay', () => 7)).toBe(7)
  expect(kept).toEqual([{ name: 'pay', output: 7, at: 5 }])
  expect(steps).not.toHaveBeenCalled()
})

test('A step that an earlier delivery has kept does not run again, even if its output was undefined.', async () => {
  const { run, steps } = makeSteps(2, [
    { name: 'pay', output: 7, at: 1 },
    { name: 'tell', output: undefined, at: 2 },
  ])
  const work = vi.fn()
  expect(await run.run('pay', work)).toBe(7)
  expect(await run.run('tell', work)).toBeUndefined()
  expect(work).not.toHaveBeenCalled()
  expect(steps).toHaveBeenCalledOnce()
})

test('Of two steps with one name the second waits for the first.', async () => {
  const { run } = makeSteps(1)
  const first = Promise.withResolvers<number>()
  const second = vi.fn(() => 2)
  const both = Promise.all([run.run('pay', () => first.promise), run.run('pay', second)])
  first.resolve(1)
  expect(await both).toEqual([1, 1])
  expect(second).not.toHaveBeenCalled()
})

test('A step that failed may be tried again.', async () => {
  const { run, kept } = makeSteps(1)
  await expect(run.run('pay', () => Promise.reject(new Error('broke')))).rejects.toThrow('broke')
  expect(kept).toEqual([])
  expect(await run.run('pay', () => 1)).toBe(1)
})

test('After a stop no step runs any more, but what one under way has done is kept.', async () => {
  const { run, delivery, kept } = makeSteps(1)
  const [working, begun] = [Promise.withResolvers<number>(), Promise.withResolvers<void>()]
  const first = run.run('pay', () => {
    begun.resolve()
    return working.promise
  })
  await begun.promise
  delivery.stop({ kind: 'cancelled', message: 'enough' })
  const later = vi.fn()
  await expect(run.run('tell', later)).rejects.toThrow('enough')
  expect(later).not.toHaveBeenCalled()
  working.resolve(7)
  expect(await first).toBe(7)
  expect(kept).toMatchObject([{ name: 'pay', output: 7 }])
})

test('A step that cannot be kept because the lease is lost rejects and stops the work.', async () => {
  const { run, delivery } = makeSteps(1, [], () => false)
  await expect(run.run('pay', () => 7)).rejects.toMatchObject({ code: 'lease_lost' })
  expect(delivery.signal.aborted).toBe(true)
  expect(delivery.stopping?.kind).toBe('lease-lost')
})

test('A step is kept when the server of the store is back, and does not run again meanwhile.', async () => {
  let calls = 0
  const away = () => {
    calls += 1
    if (calls < 3) return Promise.reject(new StoreError('unavailable', 'no server'))
    return true
  }
  const { run, kept, clock } = makeSteps(1, [], away)
  const work = vi.fn(() => 7)
  const running = run.run('pay', work)
  await clock.advance(1000)
  expect(kept).toEqual([])
  await clock.advance(1000)
  expect(await running).toBe(7)
  expect(kept).toMatchObject([{ name: 'pay', output: 7 }])
  expect(work).toHaveBeenCalledOnce()
})

test('While the server of the store is away, a step that is told to stop rejects with the reason.', async () => {
  const away = () => Promise.reject(new StoreError('unavailable', 'no server'))
  const { run, delivery, clock } = makeSteps(1, [], away)
  const refused = expect(run.run('pay', () => 7)).rejects.toThrow('enough')
  await clock.advance(500)
  delivery.stop({ kind: 'cancelled', message: 'enough' })
  await refused
})
