import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonErrorOffset } from '../../../src/cli/json-error.ts'

test.each([
  ['', 0],
  ['{"a": x}', 6],
  ['{"a": 1', 7],
  ['{"a" 1}', 5],
  ["{'a': 1}", 1],
  ['{"a": 1,}', 8],
  ['[1, 2,]', 6],
  ['[1 2]', 3],
  ['{"a": 01}', 6],
  ['{"a": tru}', 6],
  ['["a\nb"]', 1],
  ['["\\x"]', 1],
  ['{} {}', 3],
  ['[1}', 2],
  [']', 0],
])('%j stops being JSON at offset %i', (text, offset) => {
  expect(() => JSON.parse(text)).toThrow(SyntaxError)
  expect(jsonErrorOffset(text)).toBe(offset)
})

test('a text that is JSON is read to its end, and one that is not is stopped within', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 3 }), (json, position, inserted) => {
      const at = position % (json.length + 1)
      const text = json.slice(0, at) + inserted + json.slice(at)
      const offset = jsonErrorOffset(text)
      if (isJson(text)) expect(offset).toBe(text.length)
      else {
        expect(offset).toBeLessThanOrEqual(text.length)
        // The token at the offset is at fault, so all before it can be the start of a JSON text.
        expect(jsonErrorOffset(text.slice(0, offset))).toBe(offset)
      }
    }),
  )
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
