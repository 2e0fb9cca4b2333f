import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Amount, Distribution } from '../../../src/telemetry/measures.ts'
import { Series } from '../../../src/telemetry/series.ts'

const BOUNDS = [0.1, 1, 10]

describe('a distribution', () => {
  it('counts in each bound all that is not above it, and in the last everything', () => {
    const value = fc.oneof(fc.double({ min: 0, max: 100, noNaN: true }), fc.constantFrom(...BOUNDS))
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const distribution = new Distribution(BOUNDS)
        for (const each of values) distribution.observe(each)
        const expected = BOUNDS.map((bound) => ({
          le: String(bound),
          count: values.filter((each) => each <= bound).length,
        }))
        expect(distribution.cumulative()).toEqual([
          ...expected,
          { le: '+Inf', count: values.length },
        ])
      }),
    )
  })
})

describe('the series of a metric', () => {
  it('lose nothing, however many label values come, and are never more than the bound and one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string(), fc.string())),
        fc.integer({ min: 1, max: 5 }),
        (given, most) => {
          const series = new Series(['one', 'two'], most, () => new Amount())
          for (const values of given) series.of(values).add()
          const all = series.all()
          expect(all.length).toBeLessThanOrEqual(most + 1)
          expect(all.reduce((sum, { item }) => sum + item.value, 0)).toBe(given.length)
        },
      ),
    )
  })

  it('keep apart what differs only in where one value ends', () => {
    const series = new Series(['one', 'two'], 10, () => new Amount())
    series.of(['a', 'bc']).add()
    series.of(['ab', 'c']).add()
    expect(series.all().map(({ labels, item }) => [labels['one'], item.value])).toEqual([
      ['a', 1],
      ['ab', 1],
    ])
  })
})
