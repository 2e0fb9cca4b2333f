import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { envelopeJsonSchema } from '../../src/runtime/envelope/envelope.ts'

/** Where the JSON Schema of messages is published. */
export const SCHEMA_FILE = join(import.meta.dirname, '../../docs/schema/tasklet.schema.json')

if (import.meta.main) {
  writeFileSync(SCHEMA_FILE, `${JSON.stringify(envelopeJsonSchema(), null, 2)}\n`)
}
