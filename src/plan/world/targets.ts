import { listOf } from '../data.ts'
import { quote } from '../diagnostic.ts'
import type { Finding, Path } from '../finding.ts'
import { nearestName } from '../nearest.ts'
import type { Outline, State } from './outline.ts'
import { isWithin } from './outline.ts'

export interface Target {
  readonly text: string
  readonly at: Path
  /** Undefined: it names no state. */
  readonly state: State | undefined
}

/** One target or a list of them as written at a state or its transition. */
export function toTargets(
  outline: Outline,
  source: State,
  written: unknown,
  at: Path,
): readonly Target[] {
  return listOf(written).flatMap((text, index) => {
    if (typeof text !== 'string') return []
    const own = Array.isArray(written) ? [...at, index] : at
    return [{ text, at: own, state: resolveTarget(outline, source, text) }]
  })
}

export function checkTargets(
  outline: Outline,
  from: State,
  targets: readonly Target[],
): readonly Finding[] {
  return targets.flatMap(({ text, at, state }) => {
    if (state !== undefined) return []
    const suggestion = suggestTarget(outline, from, text)
    return [
      { rule: 'unknown-target', path: at, message: `${quote(text)} names no state`, suggestion },
    ]
  })
}

/**
 * The state that a target names, by XState's rules: a sibling (`hot`), a path from a sibling
 * (`up.serving`), a child (`.serving`), or an id (`#plan.up`).
 */
function resolveTarget(outline: Outline, from: State, target: string): State | undefined {
  if (target.startsWith('#')) {
    const [id = '', ...path] = target.slice(1).split('.')
    return descend(outline.ids.get(id), path)
  }
  if (target.startsWith('.')) return descend(from, target.slice(1).split('.'))
  return descend(from.parent, target.split('.'))
}

function descend(start: State | undefined, path: readonly string[]): State | undefined {
  return path.reduce((state, key) => state?.children.get(key), start)
}

/** What could stand for a target that names no state; the way to a state of that name comes first. */
function suggestTarget(outline: Outline, from: State, target: string): string | undefined {
  const wanted = target.replace(/^[.#]/, '')
  const named = outline.states.find(({ key, path }) => path === wanted || key === wanted)
  return named ? wayTo(outline, from, named) : nearestName(target, waysFrom(outline, from))
}

/** Siblings first: of what is equally near, they were most likely meant. */
function* waysFrom(outline: Outline, from: State): Iterable<string> {
  if (from.parent !== undefined) yield* from.parent.children.keys()
  for (const state of outline.states) yield wayTo(outline, from, state)
}

/** The shortest target that leads from one state to another. */
function wayTo(outline: Outline, from: State, to: State): string {
  const { parent } = from
  if (parent !== undefined && isWithin(to, parent) && to !== parent) {
    return parent.path === '' ? to.path : to.path.slice(parent.path.length + 1)
  }
  if (parent === undefined) return `.${to.path}`
  return `#${outline.id}.${to.path}`
}
