import { isDeepStrictEqual } from 'node:util'
import { type OpenApiDocument, resolve, type Schema } from './document.ts'

type Rules = Readonly<Record<string, unknown>>

interface At {
  readonly document: OpenApiDocument
  readonly path: string
  /** The whole schema that the keyword stands in. */
  readonly rules: Rules
}

type Check = (value: unknown, rule: never, at: At) => readonly string[]

/**
 * What keeps a value from its schema. A keyword that is not known here is a fault too: what is not
 * checked must not look checked.
 */
export function schemaFaults(
  document: OpenApiDocument,
  schema: Schema | undefined,
  value: unknown,
  path = '$',
): readonly string[] {
  if (schema === undefined || schema === true) return []
  if (schema === false) return [`${path}: nothing may stand here`]
  const at = { document, path, rules: schema }
  return Object.entries(schema).flatMap(([keyword, rule]) => {
    if (ANNOTATIONS.has(keyword)) return []
    const check = CHECKS.get(keyword)
    if (check === undefined) return [`${path}: the keyword ${keyword} is not known`]
    return check(value, rule as never, at)
  })
}

const ANNOTATIONS: ReadonlySet<string> = new Set(
  'title description default example examples deprecated readOnly writeOnly format $schema $id id contentEncoding'.split(
    ' ',
  ),
)

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  [
    '$ref',
    (value, rule: string, { document, path }) =>
      schemaFaults(document, resolve<Schema>(document, { $ref: rule }), value, path),
  ],
  [
    'type',
    (value, rule: string | readonly string[], { path }) =>
      unless(
        [rule].flat().some((type) => isOfType(value, type)),
        path,
        `${shown(value)} is no ${rule}`,
      ),
  ],
  [
    'const',
    (value, rule: unknown, { path }) =>
      unless(isDeepStrictEqual(value, rule), path, `${shown(value)} is not ${shown(rule)}`),
  ],
  [
    'enum',
    (value, rule: readonly unknown[], { path }) =>
      unless(rule.includes(value), path, `${shown(value)} is none of ${shown(rule)}`),
  ],
  ['minimum', bound((value, rule) => value >= rule)],
  ['maximum', bound((value, rule) => value <= rule)],
  ['exclusiveMinimum', bound((value, rule) => value > rule)],
  ['exclusiveMaximum', bound((value, rule) => value < rule)],
  ['minLength', length((value, rule) => value >= rule)],
  ['maxLength', length((value, rule) => value <= rule)],
  ['minItems', items((value, rule) => value >= rule)],
  ['maxItems', items((value, rule) => value <= rule)],
  [
    'pattern',
    (value, rule: string, { path }) =>
      unless(
        typeof value !== 'string' || new RegExp(rule, 'u').test(value),
        path,
        `${shown(value)} is not like ${rule}`,
      ),
  ],
  [
    'items',
    (value, rule: Schema, { document, path, rules }) => {
      const first = Array.isArray(rules['prefixItems']) ? rules['prefixItems'].length : 0
      if (!Array.isArray(value)) return []
      return value
        .slice(first)
        .flatMap((each, n) => schemaFaults(document, rule, each, `${path}[${n + first}]`))
    },
  ],
  [
    'prefixItems',
    (value, rule: readonly Schema[], { document, path }) =>
      Array.isArray(value)
        ? value
            .slice(0, rule.length)
            .flatMap((each, n) => schemaFaults(document, rule[n], each, `${path}[${n}]`))
        : [],
  ],
  [
    'required',
    (value, rule: readonly string[], { path }) =>
      isObject(value)
        ? rule
            .filter((key) => !Object.hasOwn(value, key))
            .map((key) => `${path}: ${key} is missing`)
        : [],
  ],
  [
    'properties',
    (value, rule: Readonly<Record<string, Schema>>, { document, path }) =>
      entries(value).flatMap(([key, each]) =>
        Object.hasOwn(rule, key) ? schemaFaults(document, rule[key], each, `${path}.${key}`) : [],
      ),
  ],
  [
    'additionalProperties',
    (value, rule: Schema, { document, path, rules }) => {
      const known = (rules['properties'] ?? {}) as object
      return entries(value).flatMap(([key, each]) =>
        Object.hasOwn(known, key) ? [] : schemaFaults(document, rule, each, `${path}.${key}`),
      )
    },
  ],
  [
    'propertyNames',
    (value, rule: Schema, { document, path }) =>
      entries(value).flatMap(([key]) => schemaFaults(document, rule, key, `${path} (key ${key})`)),
  ],
  [
    'allOf',
    (value, rule: readonly Schema[], { document, path }) =>
      rule.flatMap((each) => schemaFaults(document, each, value, path)),
  ],
  [
    'anyOf',
    (value, rule: readonly Schema[], at) => matches(value, rule, at, (count) => count >= 1),
  ],
  [
    'oneOf',
    (value, rule: readonly Schema[], at) => matches(value, rule, at, (count) => count === 1),
  ],
  [
    'not',
    (value, rule: Schema, { document, path }) =>
      unless(
        schemaFaults(document, rule, value, path).length > 0,
        path,
        `${shown(value)} is what it must not be`,
      ),
  ],
])

function matches(
  value: unknown,
  rule: readonly Schema[],
  { document, path }: At,
  isEnough: (count: number) => boolean,
): readonly string[] {
  const faults = rule.map((each) => schemaFaults(document, each, value, path))
  const count = faults.filter(({ length }) => length === 0).length
  return unless(
    isEnough(count),
    path,
    `${count} of ${rule.length} forms fit ${shown(value)}: ${faults.map(([first]) => first).join(' / ')}`,
  )
}

function unless(isFine: boolean, path: string, message: string): readonly string[] {
  return isFine ? [] : [`${path}: ${message}`]
}

function bound(isFine: (value: number, rule: number) => boolean): Check {
  return (value, rule: number, { path }) =>
    unless(
      typeof value !== 'number' || isFine(value, rule),
      path,
      `${shown(value)} is out of bounds (${rule})`,
    )
}

function length(isFine: (value: number, rule: number) => boolean): Check {
  return (value, rule: number, { path }) =>
    unless(
      typeof value !== 'string' || isFine([...value].length, rule),
      path,
      `${shown(value)} is of a wrong length (${rule})`,
    )
}

function items(isFine: (value: number, rule: number) => boolean): Check {
  return (value, rule: number, { path }) =>
    unless(
      !Array.isArray(value) || isFine(value.length, rule),
      path,
      `a wrong number of items (${rule})`,
    )
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return isObject(value)
  if (type === 'integer') return Number.isInteger(value)
  return typeof value === type
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function entries(value: unknown): readonly (readonly [string, unknown])[] {
  return isObject(value) ? Object.entries(value) : []
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 120)
}
