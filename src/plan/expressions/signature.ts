import type { RE2JS } from 're2js'
import type { Budget } from './budget.ts'
import { Failure } from './budget.ts'
import type { Place } from './error.ts'
import { describeType, toWhole } from './values.ts'

/** What a function knows besides its arguments. */
export interface Call {
  /** Of the call, for what it throws and spends. */
  readonly place: Place
  readonly budget: Budget
  /** What `failed()` is. */
  readonly failed: boolean
  /** Patterns that this evaluation has compiled. */
  readonly patterns: Map<string, RE2JS>
}

export interface FunctionEntry {
  /** In the notation of the language, for the checker of types. */
  readonly signature: string
  /** The language has it already: the checker knows the signature. */
  readonly builtIn?: boolean
  readonly name: string
  /** Called on a value, which comes first in `args`. */
  readonly method?: boolean
  /** Arguments in the parentheses. */
  readonly arity: number
  /** Means something only where the outcome of earlier steps is known. */
  readonly outcome?: boolean
  readonly call: (args: readonly unknown[], call: Call) => unknown
}

export function textOf(value: unknown, what: string, { place }: Call): string {
  if (typeof value === 'string') return value
  throw new Failure(`${what} needs a text, not ${describeType(value)}`, place)
}

export function wholeOf(value: unknown, what: string, { place }: Call): number {
  const whole = toWhole(value)
  if (whole !== undefined) return whole
  throw new Failure(`${what} needs a whole number, not ${describeType(value)}`, place)
}
