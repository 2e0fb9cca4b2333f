import type { Budget } from './budget.ts'
import { EVALUATION_LIMITS, Exhausted, Failure } from './budget.ts'
import type { Place } from './error.ts'
import { isInt } from './number-functions.ts'
import type { Arithmetic, BinaryOperator, Comparison } from './syntax.ts'
import { describeType, equals, isNumber } from './values.ts'

export function applyBinary(
  operator: BinaryOperator,
  left: unknown,
  right: unknown,
  budget: Budget,
  at: Place,
): unknown {
  switch (operator) {
    case '==':
      return equals(left, right, budget, at)
    case '!=':
      return !equals(left, right, budget, at)
    case 'in':
      return isIn(left, right, budget, at)
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(operator, left, right, budget, at)
    default:
      return calculate(operator, left, right, budget, at)
  }
}

function isIn(item: unknown, container: unknown, budget: Budget, at: Place): boolean {
  if (Array.isArray(container)) {
    return container.some((each) => equals(item, each, budget, at))
  }
  if (typeof container !== 'object' || container === null) {
    throw new Failure(`"in" needs a list or a map, not ${describeType(container)}`, at)
  }
  return typeof item === 'string' && Object.hasOwn(container, item)
}

function compare(
  operator: Comparison,
  left: unknown,
  right: unknown,
  budget: Budget,
  at: Place,
): boolean {
  if (isNumber(left) && isNumber(right)) return ordered(operator, left, right)
  if (typeof left === 'string' && typeof right === 'string') {
    budget.spendOnText(Math.min(left.length, right.length), at)
    return ordered(operator, left, right)
  }
  throw unfit(operator, left, right, at)
}

function ordered<T extends bigint | number | string>(operator: Comparison, a: T, b: T): boolean {
  if (operator === '<') return a < b
  if (operator === '<=') return a <= b
  return operator === '>' ? a > b : a >= b
}

function unfit(operator: string, left: unknown, right: unknown, at: Place): Failure {
  const pair = `${describeType(left)} and ${describeType(right)}`
  return new Failure(`"${operator}" does not fit ${pair}`, at)
}

function calculate(
  operator: Arithmetic,
  left: unknown,
  right: unknown,
  budget: Budget,
  at: Place,
): unknown {
  if (typeof left === 'bigint' && typeof right === 'bigint') {
    return calculateWhole(operator, left, right, at)
  }
  if (isNumber(left) && isNumber(right)) {
    return calculateFraction(operator, Number(left), Number(right), at)
  }
  if (operator !== '+') throw unfit(operator, left, right, at)
  if (typeof left === 'string' && typeof right === 'string') {
    budget.makeText(left.length + right.length, at)
    return left + right
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    const length = left.length + right.length
    budget.spend(length, at)
    if (length > EVALUATION_LIMITS.values) throw new Exhausted('a list would be too long', at)
    return [...left, ...right]
  }
  throw unfit(operator, left, right, at)
}

function calculateWhole(operator: Arithmetic, a: bigint, b: bigint, at: Place): bigint {
  if (b === 0n && (operator === '/' || operator === '%')) throw new Failure('division by zero', at)
  const result = WHOLE[operator](a, b)
  if (isInt(result)) return result
  throw new Failure('the number has more than 64 bits', at)
}

const WHOLE: Readonly<Record<Arithmetic, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
}

function calculateFraction(operator: Arithmetic, a: number, b: number, at: Place): number {
  if (b === 0 && (operator === '/' || operator === '%')) throw new Failure('division by zero', at)
  return FRACTION[operator](a, b)
}

const FRACTION: Readonly<Record<Arithmetic, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
}
