import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { envelopeJsonSchema } from '../../src/runtime/envelope/envelope.ts'
import { SCHEMA_FILE } from './schema.ts'

test('the published JSON Schema of messages is that of the code: npm run schema writes it', () => {
  expect(JSON.parse(readFileSync(SCHEMA_FILE, 'utf8'))).toEqual(envelopeJsonSchema())
})
