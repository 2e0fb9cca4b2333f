import { InputError } from '../../core/errors.ts'
import type { DependsOn } from './dependencies.ts'

interface Node {
  readonly key: string
  readonly dependsOn?: DependsOn
}

/**
 * Dependencies first, otherwise as given. What is no key of the batch is taken for an earlier
 * tasklet. The stack is our own: a chain may be longer than the call stack is deep.
 * @throws {InputError} that names the path of a cycle.
 */
export function inDependencyOrder<Entry extends Node>(entries: readonly Entry[]): readonly Entry[] {
  const byKey = new Map(entries.map((entry) => [entry.key, entry]))
  const placed = new Set<Entry>()
  const path = new Set<string>()
  const stack: { readonly entry: Entry; readonly left: Iterator<string> }[] = []
  const enter = (entry: Entry) => {
    if (path.has(entry.key)) throw cycle([...path], entry.key)
    path.add(entry.key)
    stack.push({ entry, left: dependenciesOf(entry).values() })
  }
  for (const first of entries) {
    if (!placed.has(first)) enter(first)
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.left.next()
      if (next.done) {
        stack.pop()
        path.delete(top.entry.key)
        placed.add(top.entry)
        continue
      }
      const entry = byKey.get(next.value)
      if (entry !== undefined && !placed.has(entry)) enter(entry)
    }
  }
  return [...placed]
}

function dependenciesOf({ dependsOn = [] }: Node): readonly string[] {
  return Array.isArray(dependsOn) ? dependsOn : Object.values(dependsOn)
}

function cycle(path: readonly string[], key: string): InputError {
  const round = [...path.slice(path.indexOf(key)), key].map((name) => `"${name}"`)
  return round.length === 2
    ? new InputError(`entry "${key}" depends on itself`)
    : new InputError(`the batch depends on itself in a circle: ${round.join(' → ')}`)
}
