import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Ordered } from '../../../../src/stores/memory/ordered.ts'

/** A number is pushed; undefined takes one out. */
const steps = fc.array(fc.option(fc.integer({ min: 0, max: 50 }), { nil: undefined }), {
  maxLength: 200,
})

test('whatever the order of arrival, the lowest key leaves first', () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      const ordered = new Ordered<number>()
      let expected: number[] = []
      for (const key of sequence) {
        if (key === undefined) {
          expect(ordered.pop()).toBe(expected[0])
          expected = expected.slice(1)
        } else {
          ordered.push(key, key)
          expected = [...expected, key].sort((one, other) => one - other)
        }
        expect(ordered.items().sort((one, other) => one - other)).toEqual(expected)
        expect(ordered.peek()).toBe(expected[0])
        expect(ordered.lowest()).toBe(expected[0] ?? Number.POSITIVE_INFINITY)
      }
    }),
  )
})

test('a long run keeps its order while its spent part is dropped', () => {
  const ordered = new Ordered<number>()
  const left: (number | undefined)[] = []
  for (let key = 0; key < 10_000; key += 1) {
    ordered.push(key, key)
    if (key % 3 !== 0) left.push(ordered.pop())
  }
  for (let next = ordered.pop(); next !== undefined; next = ordered.pop()) left.push(next)
  expect(left).toEqual(Array.from({ length: 10_000 }, (_, key) => key))
})

test('what is taken from a copy stays in the original', () => {
  const ordered = new Ordered<number>()
  for (const key of [3, 5, 1, 4]) ordered.push(key, key)
  const copy = ordered.copy()
  expect([copy.pop(), copy.pop(), copy.pop(), copy.pop()]).toEqual([1, 3, 4, 5])
  expect(ordered.items()).toHaveLength(4)
  expect(ordered.pop()).toBe(1)
})
