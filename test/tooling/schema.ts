import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { planJsonSchema, taskJsonSchema } from '../../src/plan/schema/json-schema.ts'
import { envelopeJsonSchema } from '../../src/runtime/envelope/envelope.ts'

const FOLDER = join(import.meta.dirname, '../../docs/schema')

/** Every JSON Schema that is published, with the file in which it is. */
export const PUBLISHED = [
  { title: 'messages', file: join(FOLDER, 'tasklet.schema.json'), generate: envelopeJsonSchema },
  { title: 'plans', file: join(FOLDER, 'plan.schema.json'), generate: planJsonSchema },
  { title: 'task files', file: join(FOLDER, 'task.schema.json'), generate: taskJsonSchema },
] as const

if (import.meta.main) {
  for (const { file, generate } of PUBLISHED) {
    writeFileSync(file, `${JSON.stringify(generate(), null, 2)}\n`)
  }
}
