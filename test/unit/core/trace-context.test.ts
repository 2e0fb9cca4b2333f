import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatTraceparent, parseTraceparent } from '../../../src/core/trace-context.ts'

const HEX = (length: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
    .map((digits) => digits.join(''))
    .filter((text) => /[^0]/.test(text))
const PARENTS = fc.record({ traceId: HEX(32), spanId: HEX(16), sampled: fc.boolean() })

describe('a traceparent', () => {
  it('that was written is read as what it was', () => {
    fc.assert(
      fc.property(PARENTS, (parent) => {
        expect(parseTraceparent(formatTraceparent(parent))).toEqual(parent)
      }),
    )
  })

  it.each([
    ['an empty text', ''],
    ['version ff', `ff-${'1'.repeat(32)}-${'1'.repeat(16)}-01`],
    ['an id of zeros', `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01`],
    ['a parent of zeros', `00-${'1'.repeat(32)}-${'0'.repeat(16)}-01`],
    ['upper case', `00-${'A'.repeat(32)}-${'1'.repeat(16)}-01`],
    ['version 00 with more fields', `00-${'1'.repeat(32)}-${'1'.repeat(16)}-01-what`],
    ['a space behind it', `00-${'1'.repeat(32)}-${'1'.repeat(16)}-01 `],
  ])('is not %s', (_, text) => {
    expect(parseTraceparent(text)).toBeUndefined()
  })

  it('of a later version is read as far as it is known', () => {
    const text = `01-${'1'.repeat(32)}-${'2'.repeat(16)}-03-more`
    const expected = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), sampled: true }
    expect(parseTraceparent(text)).toEqual(expected)
  })
})
