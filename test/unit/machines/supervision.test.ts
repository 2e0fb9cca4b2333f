import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { forgive, judgeCrash } from '../../../machines/supervision.ts'

const policy = { intensity: 3, within: 60_000, delay: 100, maxDelay: 250, random: () => 0 }

describe('judgeCrash', () => {
  it('doubles the delay with each crash up to the maximum, then escalates', () => {
    const verdicts = [0, 1, 2, 3].map((n) =>
      judgeCrash({ policy, crashes: { a: n }, total: 0 }, 'a'),
    )
    expect(verdicts).toEqual([
      { restartIn: 100, crashes: 1 },
      { restartIn: 200, crashes: 2 },
      { restartIn: 250, crashes: 3 },
      { escalate: true, crashes: 4 },
    ])
  })

  it('counts each child for itself', () => {
    expect(judgeCrash({ policy, crashes: { a: 3 }, total: 0 }, 'b')).toEqual({
      restartIn: 100,
      crashes: 1,
    })
  })

  it('spreads restarts over the last fifth of their delay', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (drawn) => {
        const context = { policy: { ...policy, random: () => drawn }, crashes: {}, total: 0 }
        const verdict = judgeCrash(context, 'a')
        expect('restartIn' in verdict && verdict.restartIn).toBe(Math.round(100 - 20 * drawn))
      }),
    )
  })
})

describe('forgive', () => {
  it('takes one crash off, of that child only, and never goes below none', () => {
    const crashes = { a: 2, b: 1 }
    expect(forgive({ policy, crashes, total: 0 }, 'a')).toEqual({ a: 1, b: 1 })
    expect(forgive({ policy, crashes: { a: 0 }, total: 0 }, 'a')).toEqual({ a: 0 })
    expect(forgive({ policy, crashes: {}, total: 0 }, 'c')).toEqual({ c: 0 })
  })
})
