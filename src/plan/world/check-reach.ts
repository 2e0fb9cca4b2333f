import { ownValue } from '../data.ts'
import { quote } from '../diagnostic.ts'
import type { Finding, Path } from '../finding.ts'
import type { Edge } from './edges.ts'
import { edgeTask } from './edges.ts'
import type { Outline, State } from './outline.ts'
import { ancestry, initialStates, isWithin } from './outline.ts'

/**
 * Required states that no edge leads to, and edges that are the only way to a required state but
 * name no task to go it. `required` maps each state to the place that first asks for it.
 */
export function checkReach(
  outline: Outline,
  edges: readonly Edge[],
  required: ReadonlyMap<State, Path>,
): readonly Finding[] {
  const start = new Set(initialStates(outline.root))
  const entries = edges.map((edge) => ({ edge, entered: enteredBy(edge) }))
  const taskless = new Map<Edge, State>()
  const findings: Finding[] = []
  for (const [state, path] of required) {
    const leading = entries.filter(
      ({ edge, entered }) => entered.has(state) && !isWithin(edge.source, state),
    )
    const declared = leading.filter(({ edge }) => edge.kind === 'on').map(({ edge }) => edge)
    if (leading.length === 0 && !start.has(state)) {
      const message = `no edge leads to the state ${quote(state.path)}`
      findings.push({ rule: 'unreachable-requirement', path, message })
    } else if (!declared.some(hasTask)) {
      for (const edge of declared) taskless.set(edge, state)
    }
  }
  for (const [edge, state] of taskless) {
    const message = `the only way to the required state ${quote(state.path)} names no task to go it`
    findings.push({ rule: 'edge-without-task', path: edge.at, at: 'key', message })
  }
  return findings
}

function enteredBy(edge: Edge): ReadonlySet<State> {
  return new Set(edge.targets.flatMap(({ state }) => (state ? enteredWith(state) : [])))
}

/** An edge whose `meta` forgot the task is refused for that, and meant to have one. */
function hasTask(edge: Edge): boolean {
  return edgeTask(edge) !== undefined || ownValue(edge.config, 'meta') !== undefined
}

/**
 * Every state that may be entered on the way to a target. Regions beside it are counted even where
 * the edge starts inside them, and history may lead anywhere in its parent: better a state too many
 * than a good plan refused.
 */
function enteredWith(target: State): readonly State[] {
  const around = ancestry(target)
  const regions = around.filter(({ type }) => type === 'parallel').flatMap(initialStates)
  const remembered = target.type === 'history' && target.parent ? descendants(target.parent) : []
  return [...around, ...regions, ...initialStates(target), ...remembered]
}

function descendants(state: State): readonly State[] {
  return [...state.children.values()].flatMap((child) => [child, ...descendants(child)])
}
