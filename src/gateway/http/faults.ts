import { z } from 'zod'
import { nearestName } from '../../plan/nearest.ts'
import { type Fault, Problem } from './problem.ts'

const MOST_FAULTS = 20

/**
 * The value as its schema gives it.
 * @throws {Problem} `invalid_input` with everything that is wrong, and the nearest valid names.
 */
export function valid<Value>(schema: z.ZodType<Value>, value: unknown, place: Fault['in']): Value {
  const { data, error } = schema.safeParse(value)
  if (error === undefined) return data as Value
  const errors = error.issues.flatMap((issue) => toFaults(issue, schema, place))
  throw invalid(errors.slice(0, MOST_FAULTS), errors.length)
}

/** The refusal for faults that were found. */
function invalid(errors: readonly Fault[], all = errors.length): Problem {
  const first = errors.slice(0, 3).map(describe)
  const more = all - first.length
  const detail = `${first.join('; ')}${more > 0 ? `; and ${more} more` : ''}`
  return new Problem('invalid_input', detail, { errors })
}

function describe({ in: place, path, message, suggestion }: Fault): string {
  const hint = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`
  return `${path === '' ? `the ${place}` : `${place} ${path}`}: ${message}${hint}`
}

function toFaults(issue: z.core.$ZodIssue, schema: z.ZodType, place: Fault['in']): Fault[] {
  const path = z.core.toDotPath(issue.path)
  if (issue.code !== 'unrecognized_keys') return [{ in: place, path, message: messageOf(issue) }]
  const known = keysAt(schema, issue.path)
  return issue.keys.map((key) => ({
    in: place,
    path: z.core.toDotPath([...issue.path, key]),
    message: `is not known; known: ${known.join(', ')}`,
    suggestion: nearestName(key, known),
  }))
}

function messageOf({ message }: z.core.$ZodIssue): string {
  const [, expected] = /^Invalid input: expected (.+), received undefined$/.exec(message) ?? []
  return expected === undefined ? message : `is missing: give it as ${expected}`
}

/** The keys of the object that stands at the path; none when it cannot be told. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const bare = unwrap(schema)
  if (bare instanceof z.ZodUnion) return bare.options.flatMap((option) => keysAt(option, path))
  const [key, ...rest] = path
  if (bare instanceof z.ZodObject) {
    if (key === undefined) return Object.keys(bare.shape)
    const next = bare.shape[String(key)]
    return next === undefined ? [] : keysAt(next, rest)
  }
  if (key === undefined) return []
  if (bare instanceof z.ZodArray) return keysAt(bare.element, rest)
  return bare instanceof z.ZodRecord ? keysAt(bare.valueType, rest) : []
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return unwrap(schema.def.innerType)
  }
  return schema instanceof z.ZodPipe ? unwrap(schema.def.in) : schema
}
