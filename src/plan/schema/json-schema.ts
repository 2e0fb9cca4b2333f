import { z } from 'zod'
import { PRIORITIES } from '../../core/priority.ts'
import { isRecord } from '../data.ts'
import { RULES } from '../lint/lint.ts'
import { LintSchema } from '../lint/schema.ts'
import { PlanSchema, TaskSchema } from './plan.ts'
import { DurationValue, PriorityValue, TimeLimit } from './values.ts'
import { WORDS, type Words } from './words.ts'

type Json = Record<string, unknown>

/** JSON Schema (2020-12) of `plan.yaml`, for editors. What only code can check is not in it. */
export function planJsonSchema(): Json {
  return toJson(PlanSchema, 'Setpoint plan')
}

/** JSON Schema (2020-12) of a file in the tasks folder. */
export function taskJsonSchema(): Json {
  return toJson(TaskSchema, 'Task of a Setpoint plan')
}

function toJson(schema: z.ZodType, title: string): Json {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => refine(zodSchema, jsonSchema as Json),
  })
  const { $schema, ...rest } = JSON.parse(JSON.stringify(json)) as Json
  return { $schema, title, ...(tidy(rest) as Json) }
}

/** Says what zod itself cannot: what a custom check takes, and what fields mean. */
function refine(schema: z.core.$ZodType, json: Json): void {
  if (schema === PriorityValue) {
    json['anyOf'] = [
      { enum: Object.keys(PRIORITIES) },
      { type: 'integer', minimum: 0, maximum: 1000 },
    ]
  } else if (schema._zod.def.type === 'custom') {
    // A function: nothing that a file can hold.
    json['not'] = {}
  }
  if (schema === DurationValue || schema === TimeLimit) {
    Object.assign(json, { minimum: 0, pattern: DURATION_PATTERN, examples: ['30s', '5m', 250] })
  }
  if (schema === LintSchema) {
    json['propertyNames'] = { enum: RULES.map(({ name }) => name) }
  }
  describeFields(json, WORDS.get(schema))
}

const DURATION_PATTERN = '^\\d+(\\.\\d+)?(ms|s|m|h|d)$'

function describeFields(json: Json, words: Words = {}): void {
  for (const [path, description] of Object.entries(words)) {
    const field = path.split('.').reduce<Json | undefined>(fieldOf, json)
    if (field !== undefined) field['description'] = description
  }
}

function fieldOf(json: Json | undefined, key: string): Json | undefined {
  const options = [json, ...((json?.['anyOf'] ?? []) as readonly Json[])]
  const maps = options.map((each) => each?.['properties']).filter(isRecord)
  return maps.map((map) => map[key]).find(isRecord) as Json | undefined
}

/** Without what nothing can be, and without marks and bounds that only code knows of. */
function tidy(json: unknown): unknown {
  if (Array.isArray(json)) return json.filter((each) => !isNothing(each)).map(tidy)
  if (!isRecord(json)) return json
  const kept = Object.entries(json).filter(
    ([key, value]) =>
      !isNothing(value) &&
      !(key === 'readOnly' && value === true) &&
      !(key === 'maximum' && value === Number.MAX_SAFE_INTEGER),
  )
  return Object.fromEntries(kept.map(([key, value]) => [key, tidy(value)]))
}

function isNothing(json: unknown): boolean {
  return isRecord(json) && isRecord(json['not']) && Object.keys(json['not']).length === 0
}
