import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ExpressionError } from '../../../../src/plan/expressions/error.ts'
import { evaluated } from './expression-values.ts'

describe('numbers', () => {
  test.each<readonly [string, unknown]>([
    ['item.n + 1', 6],
    ['1 + item.n', 6],
    ['item.n > 4 && item.half < 3', true],
    ['item.n == 5', true],
    ['item.n / 2', 2.5],
    ['item.n % 2 == 1', true],
    ['5 / 2', 2],
    ['5.0 / 2', 2.5],
    ['size(item.list) > 2', true],
    ['item.n in [4, 5]', true],
    ['item.list == [1, 2, 3]', true],
    ['item.list[0]', 1],
    ['item.list[index]', 1],
    ['-item.half', -2.5],
    ['int("42") + int(2.9)', 44],
    ['double("2.5") * 2', 5],
    ['min(item.n, 3) + max(item.half, 1)', 5.5],
    ['floor(item.half) + ceil(item.half) + round(2.4) + abs(-1)', 8],
  ])('%s is %j', (text, value) => {
    expect(evaluated(text)).toEqual(value)
  })

  test.each([
    '9007199254740993',
    '9223372036854775807 + 1',
    '1 / 0',
    'item.n / 0',
    'item.n % 0',
    'item.list[3]',
    'item.list[0.5]',
    'int("1x")',
    'double("")',
    '1.7e308 * 10.0',
  ])('%s is an error, because JSON has no such value', (text) => {
    expect(() => evaluated(text)).toThrow(ExpressionError)
  })
})

describe('texts', () => {
  test.each<readonly [string, unknown]>([
    ['"a" + "b"', 'ab'],
    ['size(item.name)', 4],
    ['item.name.substring(3)', '😀'],
    ['item.name.substring(0, 2)', 'ün'],
    ['item.name.indexOf("😀")', 3],
    ['"a,b".split(",")', ['a', 'b']],
    ['steps.tables.output.join("+")', 'users+orders+items'],
    ['input.folder.startsWith("./") && input.folder.endsWith("s")', true],
    ['input.folder.contains("back")', true],
    ['"2024-01".matches("^\\\\d{4}-\\\\d{2}$")', true],
    ['string(item.n) + string(true)', '5true'],
    ['json({"a": [1, null]})', '{"a":[1,null]}'],
    ['" A ".trim().lowerAscii()', 'a'],
    ['"a" < "b"', true],
    ['bool("true")', true],
  ])('%s is %j', (text, value) => {
    expect(evaluated(text)).toEqual(value)
  })

  test('a pattern that other engines hang on takes a bounded number of steps', () => {
    const data = `${'a'.repeat(100_000)}!`
    expect(evaluated('data.matches("^(a+)+$")', { data })).toBe(false)
    expect(() => evaluated('data.matches("(")', { data })).toThrow(/pattern cannot be used/)
  })
})

describe('lists, maps and what is missing', () => {
  test.each<readonly [string, unknown]>([
    ['steps.tables.output.map(t, t + ".sql")', ['users.sql', 'orders.sql', 'items.sql']],
    ['item.list.map(i, i > 1, i * 2)', [4, 6]],
    ['item.list.filter(i, i != 2)', [1, 3]],
    ['item.list.all(i, i > 0)', true],
    ['item.list.exists(i, i == 3)', true],
    ['item.list.exists_one(i, i > 2)', true],
    ['input.map(key, key)', ['folder', 'keep']],
    ['[1] + item.list', [1, 1, 2, 3]],
    ['{"n": item.n, "list": [item.half]}', { n: 5, list: [2.5] }],
    ['"folder" in input', true],
    ['has(input.folder) && !has(input.nothing)', true],
    ['input.?nothing.orValue(3)', 3],
    ['steps.?dump.?output.?deeper.orValue("none")', 'none'],
    ['item[?"n"].hasValue()', true],
    ['item.nothing == null ? "empty" : item.nothing', 'empty'],
    ['item.list.map(item, item + 1)', [2, 3, 4]],
    ['optional.none().or(optional.of(2)).value()', 2],
    ['index == 0 ? "first" : 1', 'first'],
  ])('%s is %j', (text, value) => {
    expect(evaluated(text)).toEqual(value)
  })

  test.each<readonly [string, RegExp]>([
    ['item.missing', /nothing is called "missing"/],
    ['item.n.deeper', /a number has no fields/],
    ['item.nothing.deeper', /null has no fields/],
    ['event.name', /"event" stands for nothing here/],
    ['input.?folder', /end it with \.orValue/],
    ['item.nothing + 1', /"\+" does not fit null and a number/],
    ['item.n ? 1 : 2', /true or false is needed here, not a number/],
    ['item.constructor', /nothing is called "constructor"/],
    ['item["__proto__"]', /nothing is called "__proto__"/],
    ['item.list.length', /no item length/],
    ['{"__proto__": {"a": 1}}', /no entry may be called/],
  ])('%s is never empty: it fails', (text, message) => {
    expect(() => evaluated(text)).toThrow(message)
  })

  test('the message shows the expression with a caret under what is at fault', () => {
    expect(() => evaluated('item.n + item.missing')).toThrow(
      'nothing is called "missing" here\n  item.n + item.missing\n                ^^^^^^^',
    )
    expect(() => evaluated('item.missing')).toThrow(
      expect.objectContaining({ code: 'expression_failed' }),
    )
  })

  test('one side of || or && that decides is enough', () => {
    expect(evaluated('item.missing == 1 || true')).toBe(true)
    expect(evaluated('item.missing == 1 && false')).toBe(false)
    expect(() => evaluated('item.missing == 1 || false')).toThrow(/missing/)
    expect(evaluated('[1, 0].exists(i, 1 / i == 1)')).toBe(true)
  })

  test('failed() is what the caller says, always() is true', () => {
    expect(evaluated('failed()', {}, true)).toBe(true)
    expect(evaluated('failed() || always()', {})).toBe(true)
  })

  test('a result shares nothing with the data that it came from', () => {
    const data = { list: [{ n: 1 }] }
    const value = evaluated('data', { data }) as typeof data
    expect(value).toEqual(data)
    expect(value.list[0]).not.toBe(data.list[0])
  })
})

describe('the budget', () => {
  const data = Array.from({ length: 10_000 }, (_, index) => index)
  const text = 'a'.repeat(1024 * 1024)

  test.each([
    'data.all(x, x in data)',
    'data.map(x, json(data))',
    `data.map(x, ${Array.from({ length: 200 }, () => 'x').join(' + ')})`,
    'data.map(x, "a".matches("(a{1,30}){1,30}" + string(x)))',
  ])('what grows with the data takes too many steps: %#', (expression) => {
    expect(() => evaluated(expression, { data })).toThrow(/too many steps/)
  })

  test.each<readonly [string, unknown]>([
    ['data + "a"', text],
    ['data.map(x, x)', [...data, 1]],
    ['data', text.concat('a')],
    ['data.join("")', [text, 'a']],
    ['[data, data]', text],
    ['data', Array.from({ length: 100_001 }, () => 1)],
    ['data == 1 || true', Array.from({ length: 300_000 }, () => 1)],
  ])('%s is bounded in size', (expression, value) => {
    if (expression.includes('||')) {
      const loop = `data.all(x, x == 1) || true`
      expect(() => evaluated(loop, { data: value })).toThrow(/10000 items at most/)
    } else {
      expect(() => evaluated(expression, { data: value })).toThrow(ExpressionError)
    }
  })

  test('data that is nested deeper than a stack is refused, not overflowed', () => {
    let deep: unknown = 1
    for (let level = 0; level < 20_000; level++) deep = [deep]
    let other: unknown = 1
    for (let level = 0; level < 20_000; level++) other = [other]
    expect(() => evaluated('data', { data: deep })).toThrow(/nested too deeply/)
    expect(() => evaluated('data[0] == data[1]', { data: [deep, other] })).toThrow(/too deeply/)
  })
})

test('whatever the data, an expression gives JSON or an ExpressionError, and nothing else', () => {
  const expressions = fc.constantFrom(
    'data + data',
    'data.x',
    'data[0]',
    'size(data)',
    'data == data',
    'data in data',
    'data.map(x, x)',
    'data.?a.orValue(data)',
    'string(data)',
    'json(data)',
    'data < data',
    '-data',
    '!data',
    'data.join(",")',
    'data ? 1 : 2',
    '{data: 1}',
  )
  fc.assert(
    fc.property(expressions, fc.anything({ withBigInt: true, withDate: true }), (text, data) => {
      try {
        const value = evaluated(text, { data })
        expect(JSON.parse(JSON.stringify(value))).toEqual(value)
      } catch (error) {
        expect(error).toBeInstanceOf(ExpressionError)
      }
    }),
    { numRuns: 2000 },
  )
})
