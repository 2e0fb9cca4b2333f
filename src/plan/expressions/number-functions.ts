import { Failure } from './budget.ts'
import type { Call, FunctionEntry } from './signature.ts'
import { describeType, isNumber } from './values.ts'

const LEAST_INT = -(2n ** 63n)
const MOST_INT = 2n ** 63n - 1n

/** Whole numbers have 64 bits. */
export function isInt(value: bigint): boolean {
  return value >= LEAST_INT && value <= MOST_INT
}

function numberOf(value: unknown, what: string, { place }: Call): bigint | number {
  if (isNumber(value)) return value
  throw new Failure(`${what} needs a number, not ${describeType(value)}`, place)
}

function toInt(value: unknown, call: Call): bigint {
  if (typeof value === 'bigint') return value
  const whole = typeof value === 'number' ? truncate(value) : readInt(value)
  if (whole !== undefined && isInt(whole)) return whole
  const shown = typeof value === 'string' ? 'this text' : describeType(value)
  throw new Failure(`int() cannot make a whole number of ${shown}`, call.place)
}

function truncate(value: number): bigint | undefined {
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined
}

function readInt(value: unknown): bigint | undefined {
  return typeof value === 'string' && /^[+-]?\d{1,19}$/.test(value)
    ? BigInt(value.replace(/^\+/, ''))
    : undefined
}

function toDouble(value: unknown, call: Call): number {
  if (isNumber(value)) return Number(value)
  if (typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,4})?$/i.test(value)) {
    call.budget.spendOnText(value.length, call.place)
    return Number(value)
  }
  const shown = typeof value === 'string' ? 'this text' : describeType(value)
  throw new Failure(`double() cannot make a number of ${shown}`, call.place)
}

function pick(name: 'min' | 'max'): FunctionEntry {
  return {
    signature: `${name}(dyn, dyn): dyn`,
    name,
    arity: 2,
    call([a, b], call) {
      const [first, second] = [numberOf(a, `${name}()`, call), numberOf(b, `${name}()`, call)]
      return (name === 'min' ? second < first : second > first) ? second : first
    },
  }
}

function rounding(name: 'floor' | 'ceil' | 'round'): FunctionEntry {
  return {
    signature: `${name}(dyn): dyn`,
    name,
    arity: 1,
    call([value], call) {
      const number = numberOf(value, `${name}()`, call)
      return typeof number === 'bigint' ? number : Math[name](number)
    },
  }
}

export const NUMBER_FUNCTIONS: readonly FunctionEntry[] = [
  {
    signature: 'int(dyn): int',
    builtIn: true,
    name: 'int',
    arity: 1,
    call: ([value], call) => toInt(value, call),
  },
  {
    signature: 'double(dyn): double',
    builtIn: true,
    name: 'double',
    arity: 1,
    call: ([value], call) => toDouble(value, call),
  },
  {
    signature: 'abs(dyn): dyn',
    name: 'abs',
    arity: 1,
    call([value], call) {
      const number = numberOf(value, 'abs()', call)
      return number < 0 ? -number : number
    },
  },
  pick('min'),
  pick('max'),
  rounding('floor'),
  rounding('ceil'),
  rounding('round'),
]
