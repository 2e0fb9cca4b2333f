import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, toMilliseconds } from '../../../src/core/duration.ts'
import { InputError } from '../../../src/core/errors.ts'

describe('toMilliseconds', () => {
  it.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1.5s', 1500],
    ['0ms', 0],
    [0, 0],
    [12.5, 12.5],
  ])('reads %o', (duration, milliseconds) => {
    expect(toMilliseconds(duration)).toBe(milliseconds)
  })

  it.each(['', '5', 's', '5 s', '-5s', '1h30m', '5S', '1e3s', '.5s', '5s\n', -1])(
    'refuses %o',
    (duration) => {
      expect(() => toMilliseconds(duration)).toThrow(InputError)
    },
  )

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses the number %o', (duration) => {
    expect(() => toMilliseconds(duration)).toThrow(InputError)
  })

  it('names what was given and what was expected', () => {
    expect(() => toMilliseconds('soon')).toThrow(/"soon" is not a duration: .*250ms/)
  })

  it('refuses a text that is beyond every number', () => {
    expect(() => toMilliseconds(`${'9'.repeat(400)}d`)).toThrow(InputError)
  })

  it('gives a finite number ≥ 0 or refuses, whatever text it is given', () => {
    const digits = fc.string({ unit: fc.constantFrom('0', '1', '9', '.'), maxLength: 9 })
    const unit = fc.constantFrom('ms', 's', 'm', 'h', 'd', '')
    const written = fc.tuple(digits, unit).map(([amount, unit]) => amount + unit)
    fc.assert(
      fc.property(fc.oneof(fc.string(), written), (duration) => {
        let milliseconds = 0
        try {
          milliseconds = toMilliseconds(duration)
        } catch (error) {
          expect(error).toBeInstanceOf(InputError)
        }
        expect(Number.isFinite(milliseconds) && milliseconds >= 0).toBe(true)
      }),
    )
  })
})

describe('formatDuration', () => {
  it.each([
    [0.4, '0.4 ms'],
    [12, '12 ms'],
    [3200, '3.2 s'],
    [303_000, '5 m 3 s'],
    [60_000, '1 m 0 s'],
    [119_600, '2 m 0 s'],
  ])('shows %o ms as %o', (milliseconds, shown) => {
    expect(formatDuration(milliseconds)).toBe(shown)
  })
})
