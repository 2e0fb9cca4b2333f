import { Failure } from './budget.ts'
import { toPlain } from './plain.ts'
import type { Call, FunctionEntry } from './signature.ts'
import { textOf } from './signature.ts'
import { describeType, Optional } from './values.ts'

function sizeOf(value: unknown, { budget, place }: Call): bigint {
  if (typeof value === 'string') {
    budget.spend(Math.ceil(value.length / 8), place)
    return BigInt([...value].length)
  }
  if (Array.isArray(value)) return BigInt(value.length)
  if (typeof value === 'object' && value !== null && !(value instanceof Optional)) {
    const keys = Object.keys(value)
    budget.spend(keys.length, place)
    return BigInt(keys.length)
  }
  throw new Failure(`size() needs a text, a list or a map, not ${describeType(value)}`, place)
}

function join(value: unknown, separator: string, { budget, place }: Call): string {
  if (!Array.isArray(value)) {
    throw new Failure(`join() needs a list, not ${describeType(value)}`, place)
  }
  budget.spend(value.length, place)
  let length = 0
  for (const item of value) {
    if (typeof item !== 'string') {
      const message = `join() needs a list of texts, and this one holds ${describeType(item)}`
      throw new Failure(`${message}: use list.map(x, string(x)).join(…)`, place)
    }
    length += item.length + separator.length
  }
  budget.makeText(length, place)
  return value.join(separator)
}

/** The value as JSON text. */
function json(value: unknown, { budget, place }: Call): string {
  const plain = toPlain(value, place, budget)
  const text = JSON.stringify(plain)
  budget.makeText(text.length, place)
  return text
}

function optionalOf(value: unknown, name: string, { place }: Call): Optional {
  if (value instanceof Optional) return value
  throw new Failure(`${name}() stands after an optional, such as input.?name`, place)
}

function sizes(method: boolean): FunctionEntry {
  const signature = method ? 'dyn.size(): int' : 'size(dyn): int'
  const call: FunctionEntry['call'] = ([value], context) => sizeOf(value, context)
  return { signature, builtIn: true, method, name: 'size', arity: method ? 0 : 1, call }
}

function joins(arity: 0 | 1): FunctionEntry {
  return {
    signature: `list<string>.join(${arity === 0 ? '' : 'string'}): string`,
    builtIn: true,
    method: true,
    name: 'join',
    arity,
    call: ([value, separator = ''], call) => join(value, textOf(separator, 'join()', call), call),
  }
}

export const LIST_FUNCTIONS: readonly FunctionEntry[] = [
  sizes(false),
  sizes(true),
  joins(0),
  joins(1),
  {
    signature: 'json(dyn): string',
    name: 'json',
    arity: 1,
    call: ([value], call) => json(value, call),
  },
  {
    signature: 'dyn(dyn): dyn',
    builtIn: true,
    name: 'dyn',
    arity: 1,
    call: ([value]) => value,
  },
  {
    signature: 'optional.none(): optional',
    builtIn: true,
    name: 'optional.none',
    arity: 0,
    call: () => new Optional(),
  },
  {
    signature: 'optional.of(dyn): optional',
    builtIn: true,
    name: 'optional.of',
    arity: 1,
    call: ([value]) => new Optional(value),
  },
  {
    signature: 'optional.orValue(dyn): dyn',
    builtIn: true,
    method: true,
    name: 'orValue',
    arity: 1,
    call([value, instead], call) {
      const { value: held } = optionalOf(value, 'orValue', call)
      return held === undefined ? instead : held
    },
  },
  {
    signature: 'optional.or(optional): optional',
    builtIn: true,
    method: true,
    name: 'or',
    arity: 1,
    call([value, instead], call) {
      const first = optionalOf(value, 'or', call)
      return first.value === undefined ? optionalOf(instead, 'or', call) : first
    },
  },
  {
    signature: 'optional.hasValue(): bool',
    builtIn: true,
    method: true,
    name: 'hasValue',
    arity: 0,
    call: ([value], call) => optionalOf(value, 'hasValue', call).value !== undefined,
  },
  {
    signature: 'optional.value(): dyn',
    builtIn: true,
    method: true,
    name: 'value',
    arity: 0,
    call([value], call) {
      const { value: held } = optionalOf(value, 'value', call)
      if (held !== undefined) return held
      throw new Failure('the optional is empty', call.place)
    },
  },
]
