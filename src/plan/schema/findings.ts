import type { z } from 'zod'
import { quote } from '../diagnostic.ts'
import type { Finding, Path } from '../finding.ts'
import { nearestName } from '../nearest.ts'
import { keysAt } from './keys.ts'

/** Everything in the value that the schema refuses. */
export function findShapeMistakes(schema: z.ZodType, value: unknown): readonly Finding[] {
  const result = schema.safeParse(value, { reportInput: true })
  return result.success ? [] : result.error.issues.flatMap((issue) => toFindings(issue, [], schema))
}

function toFindings(issue: z.core.$ZodIssue, base: Path, schema: z.ZodType): readonly Finding[] {
  const path = [...base, ...(issue.path as Path)]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, keysAt(schema, path)))
    case 'invalid_union':
      return fromUnion(issue, path, schema)
    case 'invalid_key':
      return [{ rule: 'invalid-name', path, at: 'key', message: nested(issue) }]
    case 'invalid_value':
      return [notOneOf(issue, path)]
    case 'invalid_type':
      return [wrongType(issue, path)]
    default:
      return [{ rule: 'invalid-value', path, message: issue.message }]
  }
}

function nested(issue: z.core.$ZodIssueInvalidKey): string {
  return issue.issues[0]?.message ?? issue.message
}

function unknownKey(key: string, path: Path, known: readonly string[]): Finding {
  return {
    rule: 'unknown-key',
    path: [...path, key],
    at: 'key',
    message: `the key ${quote(key)} is not known here`,
    expected: known.length > 0 ? `one of ${known.join(', ')}` : undefined,
    suggestion: nearestName(key, known),
  }
}

function notOneOf(issue: z.core.$ZodIssueInvalidValue, path: Path): Finding {
  const values = issue.values.map(String)
  const missing = issue.input === undefined
  return {
    rule: missing ? 'missing-key' : 'invalid-value',
    path,
    message: missing
      ? `${quote(path.at(-1))} is missing`
      : `${describe(issue.input)} is not a value that is allowed here`,
    expected: values.length === 1 ? values[0] : `one of ${values.join(', ')}`,
    suggestion:
      missing || values.length === 1 ? undefined : nearestName(String(issue.input), values),
  }
}

function missingKey(path: Path): Finding {
  return { rule: 'missing-key', path, message: `${quote(path.at(-1))} is missing` }
}

/** Types as the people who write YAML call them. */
const TYPE_NAMES: Record<string, string> = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

function wrongType(issue: z.core.$ZodIssueInvalidType, path: Path): Finding {
  if (issue.input === undefined) return missingKey(path)
  const expected = TYPE_NAMES[issue.expected]
  const own = !issue.message.startsWith('Invalid input')
  return {
    rule: 'wrong-type',
    path,
    message: own ? issue.message : `found ${describe(issue.input)}`,
    expected: own ? undefined : expected,
  }
}

/**
 * A union reports every alternative. The one that was meant is the one whose own type fits, so only
 * its mistakes are told; when none fits, what could have stood here.
 */
function fromUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
  schema: z.ZodType,
): readonly Finding[] {
  if (issue.input === undefined) return [missingKey(path)]
  const alternatives = issue.errors as readonly (readonly z.core.$ZodIssue[])[]
  const meant = alternatives.find((issues) => !issues.some(isOtherType))
  if (meant !== undefined) return meant.flatMap((each) => toFindings(each, path, schema))
  if (!issue.message.startsWith('Invalid input')) {
    return [{ rule: 'wrong-type', path, message: issue.message }]
  }
  const names = new Set(alternatives.flatMap((issues) => issues.flatMap(typeNames)))
  return [
    {
      rule: 'wrong-type',
      path,
      message: `found ${describe(issue.input)}`,
      expected: names.size > 0 ? [...names].join(' or ') : undefined,
    },
  ]
}

function isOtherType(issue: z.core.$ZodIssue): boolean {
  if (issue.path.length > 0) return false
  if (issue.code === 'invalid_union') return issue.errors.every((each) => each.some(isOtherType))
  return issue.code === 'invalid_type' || issue.code === 'custom'
}

function typeNames(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.path.length > 0) return []
  if (issue.code === 'invalid_union') return issue.errors.flatMap((each) => each.flatMap(typeNames))
  const name = issue.code === 'invalid_type' ? TYPE_NAMES[issue.expected] : undefined
  return name === undefined ? [] : [name]
}

function describe(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  return typeof value === 'function' ? 'a function' : quote(value)
}
