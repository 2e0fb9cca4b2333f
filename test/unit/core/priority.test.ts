import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import {
  effectivePriority,
  type Priority,
  priorityFromTenScale,
  toPriority,
} from '../../../src/core/priority.ts'

describe('toPriority', () => {
  it.each([
    ['interrupt', 0],
    ['high', 100],
    ['normal', 500],
    ['low', 900],
  ] as const)('knows the name %s', (name, value) => {
    expect(toPriority(name)).toBe(value)
  })

  it('takes exactly the integers 0 to 1000', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: -10, max: 1010 }), fc.double()), (number) => {
        if (Number.isInteger(number) && number >= 0 && number <= 1000) {
          expect(toPriority(number)).toBe(number)
        } else expect(() => toPriority(number)).toThrow(InputError)
      }),
    )
  })

  it.each(['urgent', '', '5', 'toString', '__proto__'])('refuses the name %o', (name) => {
    expect(() => toPriority(name as Priority)).toThrow(/integer 0\.\.1000.*interrupt, high/)
  })
})

describe('priorityFromTenScale', () => {
  it('maps 10 to the front and 1 to the low priorities, keeping the order', () => {
    const mapped = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map(priorityFromTenScale)
    expect(mapped).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900])
  })

  it.each([0, 11, 5.5, Number.NaN])('refuses %o', (urgency) => {
    expect(() => priorityFromTenScale(urgency)).toThrow(InputError)
  })
})

const AGEING = { every: 10, step: 100, floor: 200 }

describe('effectivePriority', () => {
  it.for([
    [500, 0, 500],
    [500, 9, 500],
    [500, 10, 400],
    [500, 29, 300],
    [500, 1000, 200],
    [100, 1000, 100],
    [500, -50, 500],
  ])('priority %d is, after %d ms, worth %d', ([priority = 0, waited = 0, expected]) => {
    expect(effectivePriority(priority, 1000, 1000 + waited, AGEING)).toBe(expected)
  })
})
