import { expect, test, vi } from 'vitest'
import type { Store } from '../../../../src/ports/store.ts'
import type { Renewal } from '../../../../src/ports/store-messages.ts'
import { DeadlineNotes } from '../../../../src/runtime/deliveries/deadline-notes.ts'
import type { Delivery } from '../../../../src/runtime/deliveries/delivery.ts'
import { makeDelivery } from '../../../support/deliveries.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'

function makeNotes(renew: Store['renew']) {
  const [renewed, failed] = [vi.fn(), vi.fn()]
  const store: Pick<Store, 'renew'> = { renew }
  const services = { clock: new ManualClock(1000), lease: 30_000, renewed, failed }
  return { notes: new DeadlineNotes({ ...services, store: store as Store }), renewed, failed }
}

function limited(id: string): Delivery {
  const delivery = makeDelivery({ id })
  delivery.phaseDeadline = { phase: 'executing', at: 50_000 }
  return delivery
}

test('What is noted in one turn is one call, without what has ended by then.', async () => {
  const renew = vi.fn(async (): Promise<Renewal> => ({ lost: [], cancelled: [] }))
  const { notes } = makeNotes(renew)
  const ended = limited('c')
  for (const delivery of [limited('a'), limited('b'), ended]) notes.add(delivery)
  ended.conclude({ status: 'completed', attempts: 0 })
  await allDone()
  const deadline = { phase: 'executing', at: 50_000 }
  const refs = ['a', 'b'].map((id) => ({ id, token: 1, deadline }))
  expect(renew).toHaveBeenCalledExactlyOnceWith(refs, 31_000)
})

test('The answer of the store is passed on with the leases that it is about.', async () => {
  const answer = { lost: ['b'], cancelled: [{ id: 'a', reason: 'no' }] }
  const { notes, renewed } = makeNotes(async () => answer)
  const deadline = { phase: 'executing', at: 50_000 }
  notes.add(limited('a'))
  notes.add(limited('b'))
  await allDone()
  const leases = ['a', 'b'].map((id) => ({ id, token: 1, deadline }))
  expect(renewed).toHaveBeenCalledExactlyOnceWith(answer, leases)
})

test('A store that fails is reported; the heartbeat notes it later.', async () => {
  const { notes, failed } = makeNotes(() => Promise.reject(new Error('disk')))
  notes.add(limited('a'))
  await allDone()
  expect(failed).toHaveBeenCalledOnce()
})
