import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { formatPrice } from '../src/format-price.js'

test('a price is shown with two decimals', () => {
  equal(formatPrice(1250), '12.50')
  equal(formatPrice(300), '3.00')
})
