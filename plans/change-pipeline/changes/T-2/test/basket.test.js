import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { describe, total } from '../src/basket.js'

const basket = [
  { cents: 250, count: 3 },
  { cents: 1000, count: 1 },
]

test('a basket adds up', () => equal(total(basket), 1750))

test('an empty basket costs nothing', () => equal(total([]), 0))

test('a basket says what it holds', () => equal(describe(basket), '2 items, 17.50'))
