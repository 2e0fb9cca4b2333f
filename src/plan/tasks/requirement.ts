import { isRecord, listOf } from '../data.ts'
import { quote } from '../diagnostic.ts'
import type { Finding, Path } from '../finding.ts'
import { unknownName } from '../finding.ts'
import type { Outline, State } from '../world/outline.ts'
import { tagsOf } from '../world/outline.ts'

/** One state that a task requires, and where the task says so. */
export interface RequiredState {
  readonly state: State
  readonly at: Path
}

export interface Requirement {
  readonly states: readonly RequiredState[]
  readonly findings: readonly Finding[]
}

/** What a task's `requires` stands for: a state, any of several, or all with a tag. */
export function resolveRequirement(
  requires: unknown,
  at: Path,
  outline: Outline | undefined,
): Requirement {
  if (requires === undefined) return { states: [], findings: [] }
  if (outline === undefined) {
    const message = 'the plan has no machine, so a task cannot require a state'
    return { states: [], findings: [{ rule: 'unknown-state', path: at, message }] }
  }
  if (isRecord(requires)) return resolveTag(requires['tag'], [...at, 'tag'], outline)
  const resolved = listOf(requires).flatMap((path, index) =>
    typeof path === 'string'
      ? resolvePath(path, Array.isArray(requires) ? [...at, index] : at, outline)
      : [],
  )
  return {
    states: resolved.flatMap(({ states }) => states),
    findings: resolved.flatMap(({ findings }) => findings),
  }
}

function resolvePath(path: string, at: Path, outline: Outline): Requirement {
  const state = outline.states.find((each) => each.path === path)
  if (state !== undefined && state.type !== 'history') {
    return { states: [{ state, at }], findings: [] }
  }
  const places = outline.states.filter(({ type }) => type !== 'history')
  const sameKey = places.filter(({ key }) => key === path).map((each) => each.path)
  const known = sameKey.length > 0 ? sameKey : places.map((each) => each.path)
  const message = `the machine has no state ${quote(path)} that the world could be in`
  const finding = unknownName('unknown-state', at, path, known, message)
  const suggestion = finding.suggestion ?? sameKey[0]
  return { states: [], findings: [{ ...finding, suggestion }] }
}

function resolveTag(tag: unknown, at: Path, outline: Outline): Requirement {
  if (typeof tag !== 'string') return { states: [], findings: [] }
  const states = outline.states.filter((state) => tagsOf(state).includes(tag))
  if (states.length > 0) return { states: states.map((state) => ({ state, at })), findings: [] }
  const known = new Set(outline.states.flatMap(tagsOf))
  const message = `no state of the machine has the tag ${quote(tag)}`
  return { states: [], findings: [unknownName('unknown-tag', at, tag, known, message)] }
}
