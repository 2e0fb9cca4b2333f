import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addHistograms, BOUNDS, countDuration, percentile } from '../../../src/core/histogram.ts'

const durations = fc.array(fc.double({ min: 0, max: 1e8, noNaN: true }), { minLength: 1 })

function histogramOf(milliseconds: readonly number[]): number[] {
  const histogram: number[] = []
  for (const one of milliseconds) countDuration(histogram, one)
  return histogram
}

test('a percentile is never below the true one and at most a quarter above', () => {
  fc.assert(
    fc.property(durations, fc.double({ min: 0.01, max: 1, noNaN: true }), (given, share) => {
      const sorted = given.toSorted((one, other) => one - other)
      const exact = Math.max(sorted[Math.ceil(share * sorted.length) - 1] ?? 0, 0.5)
      const found = percentile(histogramOf(given), share) ?? Number.NaN
      expect(found).toBeGreaterThanOrEqual(exact * (1 - 1e-9))
      expect(found).toBeLessThanOrEqual(exact * 1.25 * (1 + 1e-9))
    }),
  )
})

test('the sum of histograms is the histogram of everything', () => {
  fc.assert(
    fc.property(durations, durations, (one, other) => {
      const sum = addHistograms([histogramOf(one), histogramOf(other)])
      expect(sum).toEqual(histogramOf([...one, ...other]))
    }),
  )
})

test('nothing counted has no percentile, and no trailing zeros', () => {
  expect(percentile([], 0.5)).toBeUndefined()
  expect(addHistograms([])).toEqual([])
  expect(histogramOf([0.1, 2]).at(-1)).toBe(1)
})

test('what is longer than the last bound counts in the last bucket', () => {
  expect(percentile(histogramOf([Number.MAX_VALUE]), 1)).toBe(BOUNDS.at(-1))
})
