import { type OpenApiDocument, resolve, type Schema } from '../../support/openapi/document.ts'
import { schemaFaults } from '../../support/openapi/schema-faults.ts'
import { below, pick, type Random } from './choose.ts'
import type { NamePool } from './names.ts'

type Rules = Readonly<Record<string, unknown>>

export interface SampleSource {
  readonly document: OpenApiDocument
  readonly random: Random
  readonly names: NamePool
  /** The first segment of the path that the sample is for. */
  readonly address: string
}

const DEEPEST = 6
const OPTIONAL_SHARE = 0.3

/** A value that fits the schema; or nearly, where a pattern is beyond guessing. */
export function sampleOf(source: SampleSource, schema: Schema, name = '', depth = 0): unknown {
  // What waits is answered later, and would look like a hang; what is leased has to last.
  if (name === 'wait' || name === 'lease')
    return source.names.choose(source.random, name, source.address)
  if (typeof schema === 'boolean') return anything(source.random, depth)
  const rules = resolve<Rules>(source.document, schema)
  if (rules['const'] !== undefined) return rules['const']
  const { random } = source
  if (Array.isArray(rules['enum'])) return pick(random, rules['enum'] as unknown[])
  const forms = (rules['anyOf'] ?? rules['oneOf']) as readonly Schema[] | undefined
  if (forms !== undefined) return sampleOf(source, pick(random, forms), name, depth)
  if (rules['type'] === undefined) return anything(random, depth)
  const type = [rules['type']].flat()
  return ofType(source, rules, String(pick(random, type)), name, depth)
}

function ofType(
  source: SampleSource,
  rules: Rules,
  type: string,
  name: string,
  depth: number,
): unknown {
  const { random } = source
  if (type === 'object') return anObject(source, rules, name, depth)
  if (type === 'array') return anArray(source, rules, name, depth)
  if (type === 'string') return aString(source, rules, name)
  if (type === 'integer' || type === 'number') return aNumber(random, rules, type)
  if (type === 'boolean') return random() < 0.5
  return type === 'null' ? null : anything(random, depth)
}

function anObject(source: SampleSource, rules: Rules, name: string, depth: number): object {
  const { random } = source
  const properties = (rules['properties'] ?? {}) as Readonly<Record<string, Schema>>
  const required = (rules['required'] ?? []) as readonly string[]
  const share = depth > DEEPEST ? 0 : OPTIONAL_SHARE
  const chosen = Object.entries(properties).filter(
    ([key]) => required.includes(key) || random() < share,
  )
  const entries = chosen.map(
    ([key, each]) => [key, sampleOf(source, each, key, depth + 1)] as const,
  )
  const others = rules['additionalProperties']
  const isMap = typeof others === 'object' && Object.keys(others as object).length > 0
  const added = isMap && depth <= DEEPEST && random() < 0.7 ? ['a', 'b'] : []
  const more = added.map(
    (key) => [key, sampleOf(source, others as Schema, name, depth + 1)] as const,
  )
  return Object.fromEntries([...entries, ...more])
}

function anArray(source: SampleSource, rules: Rules, name: string, depth: number): unknown[] {
  const least = Number(rules['minItems'] ?? 0)
  const most = Math.min(Number(rules['maxItems'] ?? 3), least + 3)
  const length = depth > DEEPEST ? least : least + below(source.random, most - least + 1)
  const items = (rules['items'] ?? true) as Schema
  return Array.from({ length }, () => sampleOf(source, items, name, depth + 1))
}

const TEXTS = [
  'a',
  'junk',
  '10ms',
  '1s',
  '0',
  '2030-01-31T08:00:00Z',
  'true',
  'x'.repeat(200),
  'ünï cödé 😀',
  '12',
  '01890a5d-ac96-774b-bcce-b302099a8057',
  '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
]

function aString(source: SampleSource, rules: Rules, name: string): string {
  const { random, names, address, document } = source
  const known = names.choose(random, name, address)
  const fits = (text: string) => schemaFaults(document, rules, text).length === 0
  if (known !== undefined && random() < 0.9 && fits(known)) return known
  const fitting = TEXTS.filter(fits)
  return fitting.length > 0 ? pick(random, fitting) : (known ?? 'a')
}

function aNumber(random: Random, rules: Rules, type: string): number {
  const least = Number(rules['minimum'] ?? rules['exclusiveMinimum'] ?? 0)
  const most = Number(rules['maximum'] ?? Math.max(least + 10_000, 10_000))
  const chosen = random()
  if (chosen < 0.2 && rules['minimum'] !== undefined) return least
  if (chosen < 0.3 && rules['maximum'] !== undefined) return most
  const between = least + random() * Math.min(most - least, 10_000)
  return type === 'integer' ? Math.ceil(between) : between
}

/** Any value of JSON. */
export function anything(random: Random, depth = 0): unknown {
  const kind = below(random, depth > 3 ? 5 : 7)
  if (kind === 0) return null
  if (kind === 1) return random() < 0.5
  if (kind === 2) return below(random, 1000) - 500
  if (kind === 3) return random() * 1e6
  if (kind === 4) return pick(random, TEXTS)
  if (kind === 5) return Array.from({ length: below(random, 4) }, () => anything(random, depth + 1))
  const keys = ['a', 'n', 'piece', 'text'].slice(0, below(random, 5))
  return Object.fromEntries(keys.map((key) => [key, anything(random, depth + 1)]))
}
