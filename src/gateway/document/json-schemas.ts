import { z } from 'zod'
import { terms } from '../../runtime/envelope/values.ts'

type JsonSchema = Record<string, unknown>

const HOME = '#/components/schemas/'

/** Turns schemas into those of a document: what has a name of its own stands among the components. */
export class JsonSchemas {
  readonly components = new Map<string, JsonSchema>()

  /** `io`: as it is sent (`input`), or as it is read and told (`output`). */
  of(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    // A schema with a name stands for itself only inside of another.
    const outer = z.object({ inner: schema })
    const text = JSON.stringify(
      z.toJSONSchema(outer, { io, metadata: terms, unrepresentable: 'any' }),
    )
    const { $defs = {}, properties } = JSON.parse(text.replaceAll('"#/$defs/', `"${HOME}`))
    for (const [name, definition] of Object.entries($defs)) {
      this.components.set(name, definition as JsonSchema)
    }
    return properties.inner
  }
}
