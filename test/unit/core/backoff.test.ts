import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffDelay } from '../../../src/core/backoff.ts'

const none = () => 0
const most = () => 1 - Number.EPSILON

describe('backoffDelay', () => {
  it('stays the same when fixed', () => {
    const delays = [1, 2, 3].map((n) => backoffDelay({ type: 'fixed', delay: '2s' }, n, none))
    expect(delays).toEqual([2000, 2000, 2000])
  })

  it('doubles with every failure when exponential, up to the maximum', () => {
    const backoff = { type: 'exponential', delay: '1s', max: '5s' } as const
    const delays = [1, 2, 3, 4, 5].map((n) => backoffDelay(backoff, n, none))
    expect(delays).toEqual([1000, 2000, 4000, 5000, 5000])
  })

  it('draws the share of the jitter off the delay', () => {
    const backoff = { type: 'fixed', delay: 1000, jitter: 0.2 } as const
    expect(backoffDelay(backoff, 1, none)).toBe(1000)
    expect(backoffDelay(backoff, 1, () => 0.5)).toBe(900)
    expect(backoffDelay(backoff, 1, most)).toBe(800)
  })

  it('is a finite number of milliseconds between 0 and the maximum after any number of failures', () => {
    const backoff = fc.record({
      type: fc.constantFrom('fixed', 'exponential'),
      delay: fc.integer({ min: 0, max: 86_400_000 }),
      max: fc.option(fc.integer({ min: 0, max: 86_400_000 }), { nil: undefined }),
      jitter: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    })
    fc.assert(
      fc.property(backoff, fc.integer({ min: 1, max: 5000 }), (backoff, failures) => {
        const delay = backoffDelay(backoff, failures, none)
        expect(Number.isFinite(delay)).toBe(true)
        expect(delay).toBeGreaterThanOrEqual(0)
        if (backoff.max !== undefined) expect(delay).toBeLessThanOrEqual(backoff.max)
      }),
      { examples: [[{ type: 'exponential', delay: 0, max: undefined, jitter: undefined }, 2000]] },
    )
  })
})
