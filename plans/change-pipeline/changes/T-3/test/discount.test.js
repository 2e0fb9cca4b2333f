import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { discounted } from '../src/discount.js'

test('ten percent come off a basket', () => equal(discounted([{ cents: 250, count: 2 }], 10), 450))

test('half a cent is given to the customer', () => {
  equal(discounted([{ cents: 99, count: 1 }], 50), 49)
})
