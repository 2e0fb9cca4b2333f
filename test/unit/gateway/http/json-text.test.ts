import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson } from '../../../../src/gateway/http/json-text.ts'
import { Problem } from '../../../../src/gateway/http/problem.ts'

function refusal(text: string): Problem {
  try {
    parseJson(text)
  } catch (error) {
    if (error instanceof Problem) return error
  }
  throw new Error('it was not refused')
}

describe('reading JSON', () => {
  it.each([
    ['{"a": tru}', 1, 7, '"t"'],
    ['{"a": 1,}', 1, 9, '"}"'],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, '"\\""'],
    ['[1, 2', 1, 6, 'the end of the text'],
    ['', 1, 1, 'the end of the text'],
    ['[1]]', 1, 4, '"]"'],
    ['[1}', 1, 3, '"}"'],
    ["{'a': 1}", 1, 2, '"\'"'],
    ['{"a" 1}', 1, 6, '"1"'],
    ['[01]', 1, 2, '"0"'],
    ['"\\x"', 1, 1, '"\\""'],
    ['{1: 2}', 1, 2, '"1"'],
    ['1 2', 1, 3, '"2"'],
  ])('says where %j stops being JSON', (text, line, column, found) => {
    const { code, message, details } = refusal(text)
    expect(code).toBe('invalid_json')
    expect(message).toBe(`line ${line}, column ${column}: ${found} is not expected`)
    expect(details.members).toMatchObject({ line, column })
  })

  it('gives what was written', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('finds a place at or before the cut in every text that was cut off', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, where) => {
        const cut = text.slice(0, where % text.length)
        fc.pre(!isJson(cut))
        const { offset } = refusal(cut).details.members as { offset: number }
        expect(offset).toBeLessThanOrEqual(cut.length)
        // What stands before the place is right: something can follow it.
        expect(cut.slice(0, offset)).toBe(text.slice(0, offset))
      }),
    )
  })

  it('is not overwhelmed by depth', () => {
    expect(refusal('['.repeat(200_000)).details.members).toMatchObject({ offset: 200_000 })
  })
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
