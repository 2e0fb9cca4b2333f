import { isRecord } from '../data.ts'
import type { Budget } from './budget.ts'
import { EVALUATION_LIMITS, Exhausted, Failure } from './budget.ts'
import type { Place } from './error.ts'
import { describeType, Optional } from './values.ts'

/** Steps: a value is copied, and written as text. */
const COST_OF_VALUE = 5

interface Size {
  values: number
  text: number
  readonly budget: Budget | undefined
}

/**
 * A copy of a value as JSON data: nothing of it is shared with what it was made of. It is bounded in
 * size; a copy that an expression can make often is to spend its budget too.
 */
export function toPlain(value: unknown, place: Place, budget?: Budget): unknown {
  return copy(value, { values: 0, text: 0, budget }, place, 0)
}

function copy(value: unknown, size: Size, place: Place, depth: number): unknown {
  grow(size, 1, 0, place)
  if (depth > EVALUATION_LIMITS.depth) {
    throw new Exhausted('the result is nested too deeply', place)
  }
  switch (typeof value) {
    case 'string':
      grow(size, 0, value.length, place)
      return value
    case 'boolean':
      return value
    case 'bigint':
    case 'number':
      return toNumber(value, place)
    default:
  }
  if (value === null) return value
  if (Array.isArray(value)) {
    return value.map((item) => copy(item, size, place, depth + 1))
  }
  if (isRecord(value)) {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined)
    for (const [key] of entries) {
      if (key === '__proto__') throw new Failure('no entry may be called "__proto__"', place)
      grow(size, 0, key.length, place)
    }
    return Object.fromEntries(
      entries.map(([key, entry]) => [key, copy(entry, size, place, depth + 1)] as const),
    )
  }
  if (value instanceof Optional) {
    throw new Failure('an optional has no value of its own: end it with .orValue(…)', place)
  }
  throw new Failure(`the result holds ${describeType(value)}`, place)
}

function grow(size: Size, values: number, text: number, place: Place): void {
  size.values += values
  size.text += text
  size.budget?.spend(COST_OF_VALUE * values + Math.ceil(text / 64), place)
  if (size.values > EVALUATION_LIMITS.values) {
    throw new Exhausted(`the result has more than ${EVALUATION_LIMITS.values} values`, place)
  }
  if (size.text > EVALUATION_LIMITS.text) {
    throw new Exhausted('the result holds more than 1 MiB of text', place)
  }
}

function toNumber(value: bigint | number, place: Place): number {
  if (typeof value === 'bigint') {
    if (BigInt(Number(value)) === value && Number.isSafeInteger(Number(value))) return Number(value)
    throw new Failure(`${value} is too large for a number of JSON: use string(…)`, place)
  }
  // JSON knows no negative zero.
  if (Number.isFinite(value)) return value === 0 ? 0 : value
  throw new Failure(`${value} is no number that JSON can hold`, place)
}
