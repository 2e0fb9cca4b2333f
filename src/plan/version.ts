import { createHash } from 'node:crypto'
import { ZodType, z } from 'zod'

/** Content hash (hex SHA-256) of named parts, whatever order they are given in. */
export function hashParts(parts: ReadonlyMap<string, string | Uint8Array>): string {
  const hash = createHash('sha256')
  for (const [name, content] of [...parts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const length = typeof content === 'string' ? Buffer.byteLength(content) : content.length
    // Lengths keep two parts from passing for one.
    hash.update(`${Buffer.byteLength(name)}:${name}${length}:`).update(content)
  }
  return hash.digest('hex')
}

/**
 * Content hash of a value from code. Functions count by their source text, zod schemas by their
 * JSON Schema: what a function closes over cannot be seen.
 */
export function hashValue(value: unknown): string {
  return hashParts(new Map([['value', serialise(value, [])]]))
}

function serialise(value: unknown, around: readonly unknown[]): string {
  if (typeof value === 'function') {
    return `function ${value} ${serialiseEntries(Object.entries(value), [...around, value])}`
  }
  if (typeof value !== 'object' || value === null) return `${typeof value} ${String(value)}`
  if (around.includes(value)) return 'circular'
  if (value instanceof ZodType) return `schema ${serialiseSchema(value)}`
  return `${Array.isArray(value) ? 'list' : 'map'} ${serialiseEntries(Object.entries(value), [...around, value])}`
}

function serialiseEntries(entries: [string, unknown][], around: readonly unknown[]): string {
  const texts = entries.map(([key, value]) => `${JSON.stringify(key)}:${serialise(value, around)}`)
  return `{${texts.join(',')}}`
}

function serialiseSchema(schema: ZodType): string {
  return JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))
}
