import { isRecord, listOf, ownValue } from '../data.ts'
import type { Code, NamedValues } from '../declaration.ts'
import { quote } from '../diagnostic.ts'
import type { Finding, Path } from '../finding.ts'
import { unknownName } from '../finding.ts'
import type { State } from './outline.ts'

/** A name that has to stand for a function. `known` is undefined while the code cannot be loaded. */
export function checkFunction(
  what: 'check' | 'guard' | 'handler',
  name: string,
  path: Path,
  known: NamedValues | undefined,
): readonly Finding[] {
  if (known === undefined || typeof known.get(name) === 'function') return []
  if (known.has(name)) {
    return [{ rule: 'not-a-function', path, message: `the ${what} ${quote(name)} is no function` }]
  }
  const functions = [...known].filter(([, value]) => typeof value === 'function')
  const names = functions.map(([each]) => each)
  return [unknownName(`unknown-${what}`, path, name, names, `there is no ${what} ${quote(name)}`)]
}

/** XState refers to guards and actions by a name, or by a name with parameters. */
export function referenceName(reference: unknown): string | undefined {
  const name = typeof reference === 'string' ? reference : ownValue(reference, 'type')
  return typeof name === 'string' ? name : undefined
}

/** Where the name of a reference stands. */
export function referencePath(reference: unknown, path: Path): Path {
  return isRecord(reference) ? [...path, 'type'] : path
}

export function checkEffects({ config, at }: State, code: Code | undefined): readonly Finding[] {
  return (['entry', 'exit'] as const).flatMap((key) =>
    checkActions(ownValue(config, key), [...at, key], code),
  )
}

/** A world describes; what happens in it is done by tasks. So its only actions are assignments. */
export function checkActions(
  actions: unknown,
  path: Path,
  code: Code | undefined,
): readonly Finding[] {
  return listOf(actions).flatMap((action, index) => {
    const name = referenceName(action)
    if (name !== undefined && code === undefined) return []
    if (isAssign(name === undefined ? action : code?.actions.get(name))) return []
    const at = Array.isArray(actions) ? [...path, index] : path
    const message = 'a world has no effects of its own, only assign: what happens is done by tasks'
    return [{ rule: 'world-effect', path: referencePath(action, at), message }]
  })
}

function isAssign(action: unknown): boolean {
  return typeof action === 'function' && 'type' in action && action.type === 'xstate.assign'
}
