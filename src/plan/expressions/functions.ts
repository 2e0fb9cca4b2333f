import { LIST_FUNCTIONS } from './list-functions.ts'
import { NUMBER_FUNCTIONS } from './number-functions.ts'
import type { FunctionEntry } from './signature.ts'
import { TEXT_FUNCTIONS } from './text-functions.ts'

/** `always()` is true; `failed()` is whether an earlier step has failed. Only where that is known. */
const OUTCOME_FUNCTIONS: readonly FunctionEntry[] = [
  { signature: 'always(): bool', name: 'always', arity: 0, outcome: true, call: () => true },
  {
    signature: 'failed(): bool',
    name: 'failed',
    arity: 0,
    outcome: true,
    call: (_args, { failed }) => failed,
  },
]

/** All that can be called. What is not here does not exist. */
export const FUNCTIONS: readonly FunctionEntry[] = [
  ...OUTCOME_FUNCTIONS,
  ...NUMBER_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  ...LIST_FUNCTIONS,
]

const FUNCTIONS_BY_KEY = new Map(
  FUNCTIONS.map((each) => [keyOf(each.name, each.arity, each.method === true), each]),
)

function keyOf(name: string, arity: number, method: boolean): string {
  return `${method ? '.' : ''}${name}/${arity}`
}

/** `arity`: the arguments in parentheses; what a method is called on is not one of them. */
export function findFunction(
  name: string,
  arity: number,
  method: boolean,
): FunctionEntry | undefined {
  return FUNCTIONS_BY_KEY.get(keyOf(name, arity, method))
}

/** The functions, or methods, of a name. */
export function functionsNamed(name: string): readonly FunctionEntry[] {
  return FUNCTIONS.filter((each) => each.name === name)
}
