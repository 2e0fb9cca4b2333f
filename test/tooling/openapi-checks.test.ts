import { expect, test } from 'vitest'
import { answerFaults, refusalFaults } from '../support/openapi/answer-faults.ts'
import {
  type OpenApiDocument,
  operationAt,
  operationsOf,
  type Schema,
} from '../support/openapi/document.ts'
import { schemaFaults } from '../support/openapi/schema-faults.ts'

const ITEM: Schema = {
  type: 'object',
  properties: { id: { type: 'string', minLength: 1 } },
  required: ['id'],
  additionalProperties: false,
}

const DOCUMENT: OpenApiDocument = {
  paths: {
    '/items': { get: { responses: { 200: { $ref: '#/components/responses/Items' } } } },
    '/items/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true }],
      get: { responses: { 200: {}, default: { content: { 'application/problem+json': {} } } } },
    },
    '/items/all': { get: { responses: {} } },
  },
  components: {
    schemas: { Item: ITEM },
    responses: {
      Items: {
        content: {
          'application/json': {
            schema: { type: 'array', items: { $ref: '#/components/schemas/Item' } },
          },
        },
      },
    },
  },
}

test.each<readonly [Schema, unknown]>([
  [{ type: 'string' }, 1],
  [{ type: ['string', 'null'] }, 1],
  [{ type: 'integer' }, 1.5],
  [{ type: 'object' }, []],
  [{ type: 'array' }, {}],
  [{ const: 1 }, 2],
  [{ enum: ['a'] }, 'b'],
  [{ minimum: 1 }, 0],
  [{ maximum: 1 }, 2],
  [{ exclusiveMinimum: 1 }, 1],
  [{ exclusiveMaximum: 1 }, 1],
  [{ minLength: 1 }, ''],
  [{ maxLength: 1 }, 'ab'],
  [{ pattern: '^a' }, 'b'],
  [{ minItems: 1 }, []],
  [{ maxItems: 0 }, [1]],
  [{ items: { type: 'string' } }, ['a', 1]],
  [{ prefixItems: [{ type: 'string' }], items: false }, ['a', 1]],
  [{ required: ['a'] }, {}],
  [{ properties: { a: { type: 'string' } } }, { a: 1 }],
  [{ properties: { a: true }, additionalProperties: false }, { b: 1 }],
  [{ additionalProperties: { type: 'string' } }, { b: 1 }],
  [{ propertyNames: { maxLength: 1 } }, { ab: 1 }],
  [{ allOf: [true, { type: 'string' }] }, 1],
  [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 1],
  [{ oneOf: [{ type: 'number' }, { minimum: 0 }] }, 1],
  [{ not: { type: 'number' } }, 1],
  [{ $ref: '#/components/schemas/Item' }, { id: '' }],
  [{ aKeywordThatNobodyChecks: true }, 1],
  [false, 1],
])('a value that does not fit %j is found: %j', (schema, value) => {
  expect(schemaFaults(DOCUMENT, schema, value)).not.toEqual([])
})

test.each<readonly [Schema, unknown]>([
  [true, 1],
  [ITEM, { id: 'a' }],
  [{ type: 'array', items: { $ref: '#/components/schemas/Item' }, maxItems: 1 }, [{ id: 'a' }]],
  [{ oneOf: [{ type: 'number' }, { type: 'string', format: 'date-time' }] }, 'x'],
  [{ type: 'string', minLength: 1, maxLength: 1 }, '😀'],
])('a value that fits %j has no faults: %j', (schema, value) => {
  expect(schemaFaults(DOCUMENT, schema, value)).toEqual([])
})

test('a request comes to the operation whose path it has, and to a plain path before one with names', () => {
  const operations = operationsOf(DOCUMENT)
  const pathOf = (path: string) => operationAt(operations, 'GET', path)?.path
  expect(pathOf('/items/a%2Fb')).toBe('/items/{id}')
  expect(pathOf('/items/all')).toBe('/items/all')
  expect(pathOf('/items/a/../../items')).toBe('/items')
  expect(pathOf('/items/a/b')).toBeUndefined()
  expect(operationAt(operations, 'POST', '/items')).toBeUndefined()
})

test('an answer is held against what the document says of its status and its media type', () => {
  const faultsAt = (path: string, status: number, type: string | undefined, text: string) => {
    const operation = operationAt(operationsOf(DOCUMENT), 'GET', path)
    if (operation === undefined) throw new Error(`there is nothing at ${path}`)
    return answerFaults(DOCUMENT, operation, { status, type, text })
  }
  expect(faultsAt('/items', 200, 'application/json; charset=utf-8', '[{"id":"a"}]')).toEqual([])
  expect(faultsAt('/items', 200, 'application/json', '[{}]')).toEqual(['$[0]: id is missing'])
  expect(faultsAt('/items', 200, 'text/html', '')).toEqual(['text/html is not documented for 200'])
  expect(faultsAt('/items', 201, 'application/json', '[]')).toEqual([
    'status 201 is not documented',
  ])
  expect(faultsAt('/items/a', 200, undefined, '')).toEqual([])
  expect(faultsAt('/items/a', 200, undefined, 'x')).toEqual(['a body is not documented'])
  expect(faultsAt('/items/a', 404, 'application/problem+json', '{}')).toEqual([])
})

test('a refusal is a problem that says what, why, and its own status', () => {
  const problem = { type: '/docs/errors#x', title: 'X', code: 'x', detail: 'no', status: 404 }
  const type = 'application/problem+json'
  const faultsOf = (body: object) =>
    refusalFaults({ status: 404, type, text: JSON.stringify(body) })
  expect(faultsOf(problem)).toEqual([])
  expect(faultsOf({ ...problem, detail: '' })).toEqual(['the problem has no detail'])
  expect(faultsOf({ ...problem, status: 400 })).toEqual(['the problem says status 400'])
  expect(refusalFaults({ status: 404, type: 'text/plain', text: 'no' })).toHaveLength(1)
})
