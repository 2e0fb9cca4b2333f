import { equal, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { parsePrice } from '../src/price.js'

test('a price is read as cents', () => {
  equal(parsePrice('12.50'), 1250)
  equal(parsePrice('3'), 300)
})

test('what is no price is refused', () => {
  throws(() => parsePrice('cheap'), RangeError)
})
