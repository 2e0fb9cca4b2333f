import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { toFrancs } from '../src/francs.js'

test('euros are changed into francs', () => equal(toFrancs(100), 95))
