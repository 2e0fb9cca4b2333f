import { throws } from 'node:assert/strict'
import { test } from 'node:test'
import { parsePrice } from '../src/price.js'

test('a price below nothing is refused', () => {
  throws(() => parsePrice('-1.00'), RangeError)
})
