import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import openapiTS, { astToString } from 'openapi-typescript'

// Writes the types of the client. What answers of refusals look like is the same everywhere and
// known to the client, and examples are for people, so both are left out.

const ROOT = join(import.meta.dirname, '../../..')
const TYPES = join(ROOT, 'src/gateway/client/api-types.ts')

interface Operation {
  responses: Record<string, unknown>
}

const text = readFileSync(join(ROOT, 'docs/openapi.json'), 'utf8')
const document = JSON.parse(text, (key, value) => (key === 'example' ? undefined : value))
for (const methods of Object.values<Record<string, Operation>>(document.paths)) {
  for (const operation of Object.values(methods)) {
    operation.responses = Object.fromEntries(
      Object.entries(operation.responses).filter(([status]) => status.startsWith('2')),
    )
  }
}
const types = astToString(await openapiTS(document))
  .replace(/export type webhooks = .*;\n/, '')
  .replace(/export type \$defs = .*;\n/, '')
const hash = createHash('sha256').update(text).digest('hex')
writeFileSync(TYPES, `// Made by npm run schema from docs/openapi.json, sha256 ${hash}\n\n${types}`)
