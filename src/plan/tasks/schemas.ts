import { ZodType, z } from 'zod'
import { isRecord, ownValue } from '../data.ts'
import type { Code } from '../declaration.ts'
import type { Finding } from '../finding.ts'
import { completeDefaults } from '../schema/json-schema-defaults.ts'
import { factsOf } from './action.ts'

export interface TaskSchemas {
  readonly input: ZodType | undefined
  readonly output: ZodType | undefined
}

/** The schemas of a task, from code or from JSON Schema; those that cannot be read are findings. */
export function readTaskSchemas(
  name: string,
  task: unknown,
  code: Code | undefined,
): { readonly schemas: TaskSchemas; readonly findings: readonly Finding[] } {
  const findings: Finding[] = []
  const refuse = (key: string, message: string) => {
    findings.push({ rule: 'task-schema', path: ['tasks', name, key], at: 'key', message })
  }
  const read = (key: 'input' | 'output'): ZodType | undefined => {
    const given = code?.schemas.get(name)?.[key]
    if (given instanceof ZodType) return given
    if (given !== undefined) refuse(key, 'a schema in code is a zod schema')
    const written = ownValue(task, key)
    // The output of steps is a template.
    if (key === 'output' && ownValue(task, 'steps') !== undefined) return undefined
    if (typeof written === 'string' || Array.isArray(written)) {
      refuse(key, 'without steps it is a JSON Schema, and so a map')
    }
    if (!isRecord(written)) return undefined
    try {
      return z.fromJSONSchema(completeDefaults(written) as typeof written)
    } catch (error) {
      refuse(key, `this JSON Schema cannot be used: ${(error as Error).message}`)
      return undefined
    }
  }
  const input = read('input') ?? takenBy(task, code)
  return { schemas: { input, output: read('output') }, findings }
}

/** A task that says nothing takes what its action does, which makes something of it only later. */
function takenBy(task: unknown, code: Code | undefined): ZodType | undefined {
  const run = typeof task === 'string' ? task : ownValue(task, 'run')
  return typeof run === 'string' ? factsOf(code?.handlers.get(run))?.input : undefined
}
