import { InputError } from '../../core/errors.ts'
import type { Dependency } from '../../core/tasklet.ts'
import { toText } from './submit-values.ts'

/**
 * What has to be settled first: ids, each known to the handler by itself, or ids by the names under
 * which the handler finds them.
 */
export type DependsOn = readonly string[] | Readonly<Record<string, string>>

const NO_DEPENDENCIES: readonly Dependency[] = []

/**
 * `resolve` gives the id that a name stands for; ids stand for themselves.
 * @throws {InputError} for an empty or repeated name.
 */
export function toDependencies(
  dependsOn: DependsOn | undefined,
  resolve: (reference: string) => string = (reference) => reference,
): readonly Dependency[] {
  if (dependsOn === undefined) return NO_DEPENDENCIES
  const named = Array.isArray(dependsOn)
    ? dependsOn.map((reference): [string, string] => [reference, reference])
    : Object.entries(dependsOn)
  const keys = new Set<string>()
  return named.map(([key, reference]) => {
    if (keys.has(key)) throw new InputError(`dependsOn names "${key}" twice`)
    keys.add(key)
    return { key, id: resolve(toText('dependsOn', reference)) }
  })
}
