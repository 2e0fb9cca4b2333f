import { expect, test } from 'vitest'
import { completeDefaults } from '../../../../src/plan/schema/json-schema-defaults.ts'

const REQUESTS = { type: 'object', properties: { requests: { type: 'integer', default: 100 } } }

const filled = (schema: object) => (completeDefaults(schema) as { default: unknown }).default

test('an empty default for a map has the defaults of its properties', () => {
  expect(filled({ ...REQUESTS, default: {} })).toEqual({ requests: 100 })
})

test('what the default says itself stays, also what no property names', () => {
  expect(filled({ ...REQUESTS, default: { requests: 5, other: 1 } })).toEqual({
    requests: 5,
    other: 1,
  })
})

test('maps inside of maps are completed from the inside', () => {
  const inner = { ...REQUESTS, default: {} }
  expect(filled({ properties: { inner }, default: {} })).toEqual({ inner: { requests: 100 } })
  expect(filled({ properties: { inner: REQUESTS }, default: { inner: {} } })).toEqual({
    inner: { requests: 100 },
  })
})

test('a schema without defaults, and a property called default, stay as they are', () => {
  const schema = { type: 'object', properties: { default: { type: 'string' } } }
  expect(completeDefaults(schema)).toEqual(schema)
})
