import { RE2JS } from 're2js'
import { Exhausted, Failure } from './budget.ts'
import type { Call, FunctionEntry } from './signature.ts'
import { textOf, wholeOf } from './signature.ts'
import { describeType } from './values.ts'

const LONGEST_PATTERN = 1024

/** Matches in time linear in the text, whatever the pattern. */
function matches(text: string, source: string, call: Call): boolean {
  const { budget, place } = call
  if (source.length > LONGEST_PATTERN) {
    throw new Exhausted(`a pattern has at most ${LONGEST_PATTERN} characters`, place)
  }
  const pattern = call.patterns.get(source) ?? compilePattern(source, call)
  budget.spend(Math.ceil((text.length * (8 + source.length)) / 256), place)
  return pattern.test(text)
}

function compilePattern(source: string, call: Call): RE2JS {
  call.budget.spend(8000 + 20 * source.length, call.place)
  try {
    const pattern = RE2JS.compile(source)
    call.patterns.set(source, pattern)
    return pattern
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Failure(`the pattern cannot be used: ${why.slice(0, 200)}`, call.place)
  }
}

/** A method of texts whose arguments are texts too. */
function onTexts(
  name: string,
  arity: number,
  returns: string,
  run: (text: string, other: string, call: Call) => unknown,
): FunctionEntry {
  const parameters = Array.from({ length: arity }, () => 'string').join(', ')
  return {
    signature: `string.${name}(${parameters}): ${returns}`,
    builtIn: true,
    method: true,
    name,
    arity,
    call([receiver, argument = ''], call) {
      const text = textOf(receiver, `${name}()`, call)
      const other = textOf(argument, `${name}()`, call)
      call.budget.spendOnText(text.length + other.length, call.place)
      return run(text, other, call)
    },
  }
}

/** Positions count characters, not code units. */
function positionOf(text: string, unit: number): bigint {
  return unit < 0 ? -1n : BigInt([...text.slice(0, unit)].length)
}

function substring(arity: 1 | 2): FunctionEntry {
  return {
    signature: `string.substring(${arity === 1 ? 'int' : 'int, int'}): string`,
    builtIn: true,
    method: true,
    name: 'substring',
    arity,
    call([receiver, start, end], call) {
      const text = textOf(receiver, 'substring()', call)
      call.budget.spend(Math.ceil(text.length / 8), call.place)
      const characters = [...text]
      const from = wholeOf(start, 'substring()', call)
      const to = end === undefined ? characters.length : wholeOf(end, 'substring()', call)
      if (from < 0 || to < from || to > characters.length) {
        const message = `substring(${from}, ${to}) of a text of ${characters.length} characters`
        throw new Failure(message, call.place)
      }
      return characters.slice(from, to).join('')
    },
  }
}

function split(text: string, separator: string, { budget, place }: Call): readonly string[] {
  const parts = text.split(separator)
  budget.spend(parts.length, place)
  return parts
}

/** A value inside a text. Null, lists and maps have no text of their own. */
export function toText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value
    case 'boolean':
    case 'bigint':
    case 'number':
      return String(value)
    default:
      return undefined
  }
}

function toStringOf(value: unknown, { place }: Call): string {
  const text = toText(value)
  if (text !== undefined) return text
  throw new Failure(`string() cannot take ${describeType(value)}: use json(…)`, place)
}

const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  [true, true],
  [false, false],
  ['true', true],
  ['false', false],
])

export const TEXT_FUNCTIONS: readonly FunctionEntry[] = [
  onTexts('contains', 1, 'bool', (text, other) => text.includes(other)),
  onTexts('startsWith', 1, 'bool', (text, other) => text.startsWith(other)),
  onTexts('endsWith', 1, 'bool', (text, other) => text.endsWith(other)),
  onTexts('matches', 1, 'bool', matches),
  onTexts('indexOf', 1, 'int', (text, other) => positionOf(text, text.indexOf(other))),
  onTexts('lastIndexOf', 1, 'int', (text, other) => positionOf(text, text.lastIndexOf(other))),
  onTexts('split', 1, 'list<string>', split),
  onTexts('trim', 0, 'string', (text) => text.trim()),
  onTexts('lowerAscii', 0, 'string', (text) =>
    text.replace(/[A-Z]+/g, (part) => part.toLowerCase()),
  ),
  onTexts('upperAscii', 0, 'string', (text) =>
    text.replace(/[a-z]+/g, (part) => part.toUpperCase()),
  ),
  substring(1),
  substring(2),
  {
    signature: 'string(dyn): string',
    builtIn: true,
    name: 'string',
    arity: 1,
    call: ([value], call) => toStringOf(value, call),
  },
  {
    signature: 'bool(dyn): bool',
    builtIn: true,
    name: 'bool',
    arity: 1,
    call([value], { place }) {
      const result = BOOLEANS.get(value)
      if (result !== undefined) return result
      throw new Failure('bool() takes true, false, "true" and "false"', place)
    },
  },
]
