import { expect, test } from 'vitest'
import { sparkline } from '../../../src/cli/sparkline.ts'

test('the largest number has the tallest bar, and every number above zero has more than nothing', () => {
  expect(sparkline([0, 1, 50, 100])).toBe('▁▂▅█')
})

test('nothing at all is a flat line', () => {
  expect(sparkline([0, 0, 0])).toBe('▁▁▁')
  expect(sparkline([])).toBe('')
})

test('two lines can share a scale', () => {
  expect(sparkline([7], 14)).toBe('▅')
})
