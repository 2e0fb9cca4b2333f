import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { toJson } from '../../../src/core/json.ts'

const circle: Record<string, unknown> = {}
circle['self'] = circle

function nested(levels: number): unknown {
  let value: unknown = []
  for (let level = 1; level < levels; level += 1) value = [value]
  return value
}

const hostile = {
  get price(): never {
    throw new Error('no price')
  },
}

const refused: readonly (readonly [what: string, value: unknown, message: string])[] = [
  ['a bigint', { items: [{ n: 1n }] }, 'data.items[0].n holds a bigint'],
  ['a function', [() => 1], 'data[0] holds a function'],
  ['a symbol', { key: Symbol('s') }, 'data.key holds a symbol'],
  ['a map, which JSON would write as empty', { ids: new Map() }, 'data.ids holds a Map or Set'],
  ['what holds itself', circle, 'data.self holds a circular reference'],
  ['what is nested too deeply', nested(501), 'more than 500 levels'],
  ['a getter that throws', hostile, 'cannot be read'],
]

describe('a value as JSON keeps it', () => {
  test('is what JSON would write and read again, for all data that JSON can hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(toJson(value, 'data')).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  test('shares nothing with the original', () => {
    const item = { tags: ['a'] }
    const copied = toJson({ item }, 'data')
    item.tags.push('b')
    expect(copied).toEqual({ item: { tags: ['a'] } })
  })

  test('has dates as text, and no entry for what is undefined', () => {
    const value = { at: new Date(0), gone: undefined, list: [undefined, Number.NaN, -0] }
    const copied = { at: '1970-01-01T00:00:00.000Z', list: [null, null, 0] }
    expect(toJson(value, 'data')).toStrictEqual(copied)
  })

  test('keeps an entry called __proto__ an entry', () => {
    const copied = toJson(JSON.parse('{"__proto__": {"admin": true}}'), 'data')
    expect(Object.keys(copied as object)).toEqual(['__proto__'])
    expect(copied).not.toHaveProperty('admin')
  })

  it.each(refused)('is refused with its place when it holds %s', (_what, value, message) => {
    expect(() => toJson(value, 'data')).toThrow(InputError)
    expect(() => toJson(value, 'data')).toThrow(message)
  })

  it('may hold the same value twice', () => {
    const same = { n: 1 }
    expect(toJson([same, same], 'data')).toEqual([{ n: 1 }, { n: 1 }])
  })
})
