import { expect, test } from 'vitest'
import { inPortions } from '../../../../src/stores/sql/lists.ts'

const MILLION = 'x'.repeat(1_000_000)

test('small rows stay together', () => {
  const rows = Array.from({ length: 1000 }, (_, sequence) => ({ sequence, body: '{}' }))
  expect(inPortions(rows)).toEqual([rows])
  expect(inPortions([])).toEqual([])
})

test('rows that are too large together go one after the other, in their order', () => {
  const rows = [1, 2, 3, 4, 5].map((sequence) => ({ sequence, body: MILLION }))
  const portions = inPortions(rows)
  expect(portions.map((portion) => portion.length)).toEqual([2, 2, 1])
  expect(portions.flat()).toEqual(rows)
})

test('a row that is too large alone stands alone', () => {
  const rows = ['a', MILLION.repeat(3), 'b'].map((body) => ({ body }))
  expect(inPortions(rows).map((portion) => portion.length)).toEqual([1, 1, 1])
})
