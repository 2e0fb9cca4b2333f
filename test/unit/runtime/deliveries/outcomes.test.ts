import { describe, expect, it } from 'vitest'
import { FatalError, RetryLater } from '../../../../src/core/errors.ts'
import {
  completed,
  refused,
  stopped,
  threw,
  unprepared,
} from '../../../../src/runtime/deliveries/outcomes.ts'
import { Passivation } from '../../../../src/runtime/deliveries/passivation.ts'
import { fromFailure, toFailure } from '../../../../src/runtime/executors/failure.ts'
import { makeDelivery, makeTask } from '../../../support/deliveries.ts'

const rules = { now: () => 10_000, random: () => 0 }
const error = { kind: 'error', message: 'broken' }

describe('outcomes', () => {
  it('keep the attempts of work that completed or was refused', () => {
    const delivery = makeDelivery({ attempts: 2 })
    expect(completed(delivery, 7)).toEqual({ status: 'completed', output: 7, attempts: 2 })
    const planning = { kind: 'planning', message: 'no way' } as const
    expect(refused(delivery, planning)).toEqual({ status: 'failed', error: planning, attempts: 2 })
  })

  it('retry what threw, after a backoff that grows with the attempts', () => {
    const thrown = new Error('broken')
    const first = threw(rules, makeDelivery({ maxAttempts: 3 }), thrown)
    expect(first).toMatchObject({ status: 'retrying', error, attempts: 1, notBefore: 11_000 })
    const second = threw(rules, makeDelivery({ attempts: 1, maxAttempts: 3 }), thrown)
    expect(second).toMatchObject({ status: 'retrying', attempts: 2, notBefore: 12_000 })
  })

  it('put off what only waits, without spending an attempt', () => {
    const delivery = makeDelivery({ attempts: 1, maxAttempts: 2 })
    const waiting = threw(rules, delivery, new Passivation(50_000))
    expect(waiting).toEqual({ status: 'scheduled', notBefore: 50_000, attempts: 1 })
  })

  it('fail what threw at its last attempt', () => {
    const last = makeDelivery({ attempts: 2, maxAttempts: 3 })
    expect(threw(rules, last, new Error('broken'))).toMatchObject({
      status: 'failed',
      error,
      attempts: 3,
    })
  })

  it('fail at once what threw a fatal error, and count the attempt', () => {
    expect(threw(rules, makeDelivery(), new FatalError('broken'))).toMatchObject({
      status: 'failed',
      error,
      attempts: 1,
    })
  })

  it('put back what asks to be run later, without spending an attempt', () => {
    const delivery = makeDelivery({ attempts: 2, maxAttempts: 3 })
    expect(threw(rules, delivery, new RetryLater('5s'))).toMatchObject({
      status: 'retrying',
      attempts: 2,
      notBefore: 15_000,
    })
  })

  it('count a wish to be run later that names no time as a failed attempt', () => {
    expect(threw(rules, makeDelivery(), new RetryLater('soon'))).toMatchObject({
      status: 'retrying',
      attempts: 1,
      error: { message: expect.stringContaining('soon') },
    })
  })

  it('count a timeout as a failed attempt, of its own kind', () => {
    const reason = { kind: 'timeout', message: 'too long' } as const
    expect(stopped(rules, makeDelivery(), reason)).toMatchObject({
      status: 'retrying',
      error: reason,
      attempts: 1,
    })
    const last = makeDelivery({ attempts: 2, maxAttempts: 3 })
    expect(stopped(rules, last, reason)).toMatchObject({ status: 'failed', error: reason })
  })

  it('cancel what was cancelled, whatever attempts are left', () => {
    const reason = { kind: 'cancelled', message: 'enough' } as const
    expect(stopped(rules, makeDelivery({ attempts: 1 }), reason)).toEqual({
      status: 'cancelled',
      error: reason,
      attempts: 1,
    })
  })

  it.each(['returned', 'lease-lost'] as const)(
    'give the attempt back of work that is %s',
    (kind) => {
      expect(stopped(rules, makeDelivery({ attempts: 1 }), { kind, message: '' })).toEqual({
        status: 'pending',
        attempts: 1,
      })
    },
  )

  it('do not retry what was thrown by a class that the task excepts, or by one below it', () => {
    class Refused extends TypeError {}
    const retry = { ...makeTask().retry, except: ['TypeError'] }
    const fails = (thrown: unknown) => threw(rules, makeDelivery({}, { retry }), thrown).status
    expect(fails(new Refused('no'))).toBe('failed')
    expect(fails(fromFailure(toFailure(new Refused('no'))))).toBe('failed')
    expect(fails(new RangeError('no'))).toBe('retrying')
    const named = { ...retry, except: ['Busy'] }
    const busy = Object.assign(new Error('no'), { name: 'Busy' })
    expect(threw(rules, makeDelivery({}, { retry: named }), busy).status).toBe('failed')
  })

  it('spend no attempt when the world could not be prepared, unless the task says so', () => {
    const planning = { kind: 'planning', message: 'no way' } as const
    const retry = { ...makeTask().retry, onPlanning: true }
    const delivery = makeDelivery({}, { retry })
    expect(unprepared(rules, makeDelivery(), planning)).toMatchObject({
      status: 'failed',
      attempts: 0,
    })
    expect(unprepared(rules, delivery, planning)).toMatchObject({
      status: 'retrying',
      error: planning,
      attempts: 1,
    })
  })

  it('send what was interrupted back, but not more often than is allowed', () => {
    const reason = { kind: 'interrupted', message: 'fire' } as const
    const afterSome = (interruptions: number) =>
      stopped({ ...rules, maxInterruptions: 2 }, makeDelivery({ interruptions }), reason)
    expect(afterSome(1)).toMatchObject({ status: 'pending', attempts: 0, interrupted: true })
    expect(afterSome(2)).toMatchObject({
      status: 'failed',
      attempts: 0,
      error: { kind: 'error', message: expect.stringContaining('interrupted 2 times') },
    })
  })

  it('end what waited too long for its grant, without spending an attempt', () => {
    const reason = { kind: 'acquire-timeout', message: 'waited' } as const
    expect(stopped(rules, makeDelivery(), reason)).toEqual({
      status: 'failed',
      attempts: 0,
      error: { kind: 'acquire-timeout', message: 'waited' },
    })
  })
})
