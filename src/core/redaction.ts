/** What stands in the place of a secret. */
export const REDACTED = '[redacted]'

/** Parts of key names, in lower case and without separators, under which secrets are kept. */
const SECRET_PARTS =
  /passw(?:or)?d|passphrase|secret|token|authorization|cookie|credential|(?:api|access|private|signing|encryption)key|sessionid|connectionstring/
const SECRET_NAMES = new Set(['auth', 'pass', 'pwd', 'jwt', 'bearer', 'dsn', 'pin'])
const DEEPEST = 100

/** Whether what stands under a key of this name is kept from logs and listeners. */
export function isSecretKey(key: string): boolean {
  const name = key.replace(/[^a-zA-Z0-9]/g, '').toLowerCase()
  return SECRET_NAMES.has(name) || SECRET_PARTS.test(name)
}

/**
 * A plain copy of any value for people to read, in which everything under the name of a secret is
 * replaced, at any depth, as are passwords in URLs and bearer tokens within texts. Numbers under a
 * name with `token` stay (counts, fencing tokens), and so do booleans and null. Errors become
 * objects; what is circular, too deep or cannot be read becomes a text that says so. Never throws.
 */
export function redact(value: unknown): unknown {
  return copy(value, '', [])
}

function copy(value: unknown, key: string, ancestors: readonly object[]): unknown {
  switch (typeof value) {
    case 'string':
      return redactText(value)
    case 'bigint':
      return String(value)
    case 'function':
    case 'symbol':
      return undefined
    case 'object':
      return value === null ? null : copyObject(value, key, ancestors)
    default:
      return value
  }
}

function copyObject(value: object, key: string, ancestors: readonly object[]): unknown {
  if (ancestors.includes(value)) return '[circular]'
  if (ancestors.length >= DEEPEST) return '[too deep]'
  const inner = [...ancestors, value]
  try {
    if (Array.isArray(value)) return value.map((item) => copy(item, key, inner) ?? null)
    if (value instanceof Map) return copyEntries([...value], inner)
    if (value instanceof Set) return [...value].map((item) => copy(item, key, inner) ?? null)
    if (value instanceof Error) return copyEntries(errorEntries(value), inner)
    if ('toJSON' in value && typeof value.toJSON === 'function') {
      return copy(value.toJSON(key), key, inner)
    }
    return copyEntries(Object.entries(value), inner)
  } catch {
    // A hostile getter or proxy: there is nothing to be had from it.
    return '[unreadable]'
  }
}

function copyEntries(
  entries: readonly (readonly [unknown, unknown])[],
  ancestors: readonly object[],
): Record<string, unknown> {
  const copied: [string, unknown][] = []
  for (const [name, part] of entries) {
    const key = String(name)
    const kept = isSecretKey(key) ? hide(part, key) : copy(part, key, ancestors)
    if (kept !== undefined) copied.push([key, kept])
  }
  return Object.fromEntries(copied)
}

function hide(value: unknown, key: string): unknown {
  if (value === undefined || value === null || typeof value === 'boolean') return value
  if (typeof value === 'number' && /token/i.test(key)) return value
  return REDACTED
}

function errorEntries(error: Error): [string, unknown][] {
  const { name, message, stack, cause } = error
  const known = Object.entries({ name, message, stack, cause })
  return [...known, ...Object.entries(error).filter(([key]) => !(key in { name, message, stack }))]
}

function redactText(text: string): string {
  let kept = text
  if (kept.includes('://'))
    kept = kept.replace(/(:\/\/[^/\s:@]{0,256}:)[^/\s@]+@/g, `$1${REDACTED}@`)
  if (/bearer/i.test(kept)) kept = kept.replace(/\b(bearer)\s+[^\s"',;]+/gi, `$1 ${REDACTED}`)
  return kept
}
