import { describe, expect, test } from 'vitest'
import { mysqlDialect } from '../../../../src/stores/mysql/dialect.ts'

const dialect = mysqlDialect('utf8mb4_bin')

function updateOf(set: Readonly<Record<string, string>>): string {
  return dialect.update({ table: 'places', given: { id: 'name' }, set, where: 'true' })
}

function placesOf(text: string, parts: readonly string[]): readonly number[] {
  return parts.map((part) => text.indexOf(part))
}

describe('the MySQL dialect', () => {
  test('assigns a column after those that read it, because assignments see each other', () => {
    const text = updateOf({ token: 'places.token + 1', seen: 'places.token', at: 'places.seen' })
    const places = placesOf(text, ['places.at =', 'places.seen =', 'places.token ='])
    expect(places).toEqual(places.toSorted((one, other) => one - other))
    expect(places).not.toContain(-1)
  })

  test('does not take a given value for the column of the same name', () => {
    expect(updateOf({ one: 'given.two', two: 'given.one' })).toContain('places.one = given.two')
  })

  test('refuses assignments that exchange values, which it cannot do', () => {
    expect(() => updateOf({ one: 'places.two', two: 'places.one' })).toThrow('old values')
  })

  test('leaves a row as it is when there is nothing to set', () => {
    expect(dialect.upsert('INSERT INTO places (id) VALUES (?)', ['id'], {})).toBe(
      'INSERT INTO places (id) VALUES (?) ON DUPLICATE KEY UPDATE id = VALUES(id)',
    )
  })

  test('begins a full index with the columns of the condition that it cannot have', () => {
    const index = { name: 'ready', table: 'places', columns: ['at'], where: 'status = 2' }
    expect(dialect.index({ ...index, instead: ['status'] })).toBe(
      'CREATE INDEX ready ON places (status, at)',
    )
  })
})
