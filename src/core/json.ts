import { InputError } from './errors.ts'

const DEEPEST = 500

/** The way from the root of a value to where the walk stands. */
interface Walk {
  readonly field: string
  readonly ancestors: object[]
  readonly keys: (string | number)[]
}

/**
 * A copy of the value as JSON keeps it, which shares nothing with the original. Primitives and
 * undefined cost nothing. What JSON would drop in silence is refused.
 * @throws {InputError} that names the place, beginning with `field`.
 */
export function toJson(value: unknown, field: string): unknown {
  if (value === undefined || value === null || typeof value === 'string') return value
  const walk = { field, ancestors: [], keys: [] }
  try {
    return copy(value, walk)
  } catch (error) {
    if (error instanceof InputError) throw error
    throw new InputError(`${place(walk)} cannot be read`, { cause: error })
  }
}

function copy(value: unknown, walk: Walk): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      // JSON has no -0.
      return Number.isFinite(value) ? value + 0 : null
    case 'object':
      return value === null ? null : copyObject(value, walk)
    default:
      throw refused(`a ${typeof value}`, walk)
  }
}

function copyObject(value: object, walk: Walk): unknown {
  if (walk.ancestors.includes(value)) throw refused('a circular reference', walk)
  if (walk.ancestors.length >= DEEPEST) throw refused(`more than ${DEEPEST} levels`, walk)
  if (value instanceof Map || value instanceof Set) throw refused('a Map or Set', walk)
  walk.ancestors.push(value)
  const copied = copyParts(value, walk)
  walk.ancestors.pop()
  return copied
}

function copyParts(value: object, walk: Walk): unknown {
  if (Array.isArray(value)) {
    return Array.from(value, (item, index) =>
      item === undefined ? null : copyPart(item, index, walk),
    )
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return copy(value.toJSON(walk.keys.at(-1) ?? ''), walk)
  }
  const copied: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const part = (value as Record<string, unknown>)[key]
    if (part === undefined) continue
    const kept = copyPart(part, key, walk)
    // Assigning to this one key would set the prototype instead of a property.
    if (key === '__proto__') Object.defineProperty(copied, key, { ...OWN, value: kept })
    else copied[key] = kept
  }
  return copied
}

const OWN = { configurable: true, enumerable: true, writable: true }

function copyPart(part: unknown, key: string | number, walk: Walk): unknown {
  walk.keys.push(key)
  const copied = copy(part, walk)
  walk.keys.pop()
  return copied
}

function refused(what: string, walk: Walk): InputError {
  return new InputError(`${place(walk)} holds ${what}, which cannot be stored: use plain JSON data`)
}

function place({ field, keys }: Walk): string {
  const steps = keys.slice(0, 8).map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
  return `${field}${steps.join('')}${keys.length > 8 ? '…' : ''}`
}
