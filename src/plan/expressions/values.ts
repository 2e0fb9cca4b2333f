import { isRecord } from '../data.ts'
import type { Budget } from './budget.ts'
import { EVALUATION_LIMITS, Exhausted } from './budget.ts'
import type { Place } from './error.ts'

/** A value that may be missing: what `.?` and `[?]` give. */
export class Optional {
  readonly value: unknown

  /** Undefined: it is empty. */
  constructor(value?: unknown) {
    this.value = value
  }
}

type TypeName = 'null' | 'bool' | 'int' | 'double' | 'string' | 'list' | 'map' | 'optional'

/** The type of a value; undefined when it is nothing that data can hold. */
function typeOf(value: unknown): TypeName | undefined {
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'int'
    case 'number':
      return 'double'
    case 'string':
      return 'string'
    default:
      if (value === null) return 'null'
      if (Array.isArray(value)) return 'list'
      if (isRecord(value)) return 'map'
      return value instanceof Optional ? 'optional' : undefined
  }
}

/** As it stands in a message: `a text`, `a list`. */
export function describeType(value: unknown): string {
  const type = typeOf(value)
  if (type === undefined) return 'something that is not data'
  return TYPE_WORDS[type]
}

const TYPE_WORDS: Readonly<Record<TypeName, string>> = {
  null: 'null',
  bool: 'true or false',
  int: 'a number',
  double: 'a number',
  string: 'a text',
  list: 'a list',
  map: 'a map',
  optional: 'an optional',
}

export function isNumber(value: unknown): value is bigint | number {
  return typeof value === 'number' || typeof value === 'bigint'
}

/** Whether both are the same data; whole numbers equal fractions of the same size. */
export function equals(a: unknown, b: unknown, budget: Budget, at: Place, depth = 0): boolean {
  budget.spend(1, at)
  if (a === b) {
    if (typeof a === 'string') budget.spendOnText(a.length, at)
    return true
  }
  // A whole number and a fraction are never identical; neither is smaller when they are the same.
  if (isNumber(a) && isNumber(b)) return a <= b && a >= b
  return typeof a === 'object' && typeof b === 'object' && equalContents(a, b, budget, at, depth)
}

function equalContents(
  a: object | null,
  b: object | null,
  budget: Budget,
  at: Place,
  depth: number,
): boolean {
  if (depth > EVALUATION_LIMITS.depth) throw new Exhausted('the data is nested too deeply', at)
  if (a instanceof Optional && b instanceof Optional) {
    return equals(a.value, b.value, budget, at, depth + 1)
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => equals(item, b[i], budget, at, depth + 1))
  }
  if (!isRecord(a) || !isRecord(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && equals(a[key], b[key], budget, at, depth + 1))
}

/** The whole number that a value is; undefined when it is none. */
export function toWhole(value: unknown): number | undefined {
  const number = typeof value === 'bigint' ? Number(value) : value
  return Number.isSafeInteger(number) ? (number as number) : undefined
}
