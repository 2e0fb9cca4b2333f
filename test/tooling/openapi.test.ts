import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { OPENAPI_FILE, openApiDocument } from './openapi.ts'

const TYPES = join(import.meta.dirname, '../../src/gateway/client/api-types.ts')

test('the published OpenAPI document is that of the gateway: npm run schema writes it', async () => {
  expect(JSON.parse(readFileSync(OPENAPI_FILE, 'utf8'))).toEqual(await openApiDocument())
})

test('the types of the client are made from that document', () => {
  const hash = createHash('sha256').update(readFileSync(OPENAPI_FILE)).digest('hex')
  expect(readFileSync(TYPES, 'utf8').split('\n', 1)[0]).toContain(`sha256 ${hash}`)
})
