import { describe, expect, it } from 'vitest'
import { InputError } from '../../../../src/core/errors.ts'
import { TokenBuckets } from '../../../../src/gateway/security/token-buckets.ts'
import { ManualClock } from '../../../support/manual-clock.ts'

describe('a token bucket for each client', () => {
  it('gives a burst, then as many as time allows, and says how long to wait', async () => {
    const clock = new ManualClock()
    const buckets = new TokenBuckets(clock, { perSecond: 2, burst: 3 })
    expect([1, 2, 3, 4].map(() => buckets.take('a'))).toEqual([
      undefined,
      undefined,
      undefined,
      500,
    ])
    await clock.advance(500)
    expect([buckets.take('a'), buckets.take('a')]).toEqual([undefined, 500])
  })

  it('does not let one client take from another', () => {
    const buckets = new TokenBuckets(new ManualClock(), { perSecond: 1, burst: 1 })
    buckets.take('a')
    expect(buckets.take('b')).toBeUndefined()
  })

  it('gives nothing for a clock that was set back', () => {
    const clock = new ManualClock()
    const buckets = new TokenBuckets(clock, { perSecond: 1, burst: 1 })
    buckets.take('a')
    clock.jump(-60_000)
    expect(buckets.wait('a')).toBe(1000)
  })

  it('refuses a rate that lets nobody through', () => {
    expect(() => new TokenBuckets(new ManualClock(), { perSecond: 0, burst: 1 })).toThrow(
      InputError,
    )
    expect(() => new TokenBuckets(new ManualClock(), { perSecond: 1, burst: 0 })).toThrow(
      InputError,
    )
  })
})
