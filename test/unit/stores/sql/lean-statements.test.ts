import { expect, test } from 'vitest'
import { LeanStatements, withoutMissing } from '../../../../src/stores/sql/lean-statements.ts'

const COLUMNS = { one: 'bigint', two: 'text', three: 'text' } as const

function namesOnly() {
  return new LeanStatements(COLUMNS, (given) => Object.keys(given).join())
}

test('takes the columns that some row fills', () => {
  const statements = namesOnly()
  expect(
    statements.for([
      { one: 0, two: undefined },
      { one: 1, three: '' },
    ]),
  ).toBe('one,three')
  expect(statements.for([{ one: 0, two: null }])).toBe('one')
  expect(statements.for([])).toBe('one,two,three')
})

test('takes all columns where there would be ever more forms', () => {
  const columns = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`c${at}`, 'text']))
  const statements = new LeanStatements(columns as Record<string, 'text'>, (given) =>
    Object.keys(given).join(),
  )
  const texts = Object.keys(columns).map((name) => statements.for([{ [name]: 'x' }]))
  expect(texts[0]).toBe('c0')
  expect(texts.at(-1)).toBe(Object.keys(columns).join())
})

test('what no row fills becomes NULL in an update', () => {
  const set = { a: 'given.one', b: 'coalesce(given.two, t.b)' }
  expect(withoutMissing(set, { one: 'bigint' })).toEqual({
    a: 'given.one',
    b: 'coalesce(NULL, t.b)',
  })
})
