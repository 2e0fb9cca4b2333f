import { expect, test, vi } from 'vitest'
import { makeDelivery } from '../../../support/deliveries.ts'
import { allDone } from '../../../support/manual-clock.ts'

test('Work that is not paused passes its checkpoints.', async () => {
  await expect(makeDelivery().checkpoint()).resolves.toBeUndefined()
})

test('Paused work stands at its next checkpoint until it is resumed.', async () => {
  const delivery = makeDelivery()
  const [stands, passed] = [vi.fn(), vi.fn()]
  delivery.pause()
  delivery.onPaused(stands)
  expect(delivery.paused).toBe(true)
  expect(stands).not.toHaveBeenCalled()
  void delivery.checkpoint().then(passed)
  expect(stands).toHaveBeenCalledOnce()
  await allDone()
  expect(passed).not.toHaveBeenCalled()
  delivery.resume()
  await allDone()
  expect(passed).toHaveBeenCalledOnce()
  expect(delivery.paused).toBe(false)
  await delivery.checkpoint()
})

test('Work can be paused again after it went on.', async () => {
  const delivery = makeDelivery()
  delivery.pause()
  const first = delivery.checkpoint()
  delivery.resume()
  await first
  delivery.pause()
  const stands = vi.fn()
  delivery.onPaused(stands)
  expect(stands).not.toHaveBeenCalled()
  const second = delivery.checkpoint()
  expect(stands).toHaveBeenCalledOnce()
  delivery.resume()
  await second
})

test('Paused work can be stopped: its checkpoint rejects with the reason.', async () => {
  const delivery = makeDelivery()
  delivery.pause()
  const standing = delivery.checkpoint()
  delivery.stop({ kind: 'cancelled', message: 'enough' })
  await expect(standing).rejects.toThrow('enough')
  await expect(delivery.checkpoint()).rejects.toThrow('enough')
})

test('Whoever waits for work to stand is told when it ends instead.', () => {
  const delivery = makeDelivery()
  const [stands, late] = [vi.fn(), vi.fn()]
  delivery.pause()
  delivery.onPaused(stands)
  expect(delivery.conclude({ status: 'completed', attempts: 0 })).toBe(true)
  expect(stands).toHaveBeenCalledOnce()
  delivery.onPaused(late)
  expect(late).toHaveBeenCalledOnce()
})

test('A part of the work that stands can be told to stop by itself, and the clock goes on.', async () => {
  const delivery = makeDelivery()
  const moves: boolean[] = []
  delivery.onStanding = (stands) => moves.push(stands)
  const [one, other] = [new AbortController(), new AbortController()]
  delivery.pause()
  const [first, second] = [delivery.checkpoint(one.signal), delivery.checkpoint(other.signal)]
  one.abort(new Error('one is enough'))
  await expect(first).rejects.toThrow('one is enough')
  expect(moves).toEqual([true])
  other.abort(new Error('so is two'))
  await expect(second).rejects.toThrow('so is two')
  expect(moves).toEqual([true, false])
  await expect(delivery.checkpoint(one.signal)).rejects.toThrow('one is enough')
  const third = delivery.checkpoint()
  delivery.resume()
  await third
  expect(moves).toEqual([true, false, true, false])
})
