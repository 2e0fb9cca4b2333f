import type { Code } from '../declaration.ts'
import type { Finding, Path } from '../finding.ts'
import type { RequiredState } from '../tasks/requirement.ts'
import { checkEdges } from './check-edges.ts'
import { checkReach } from './check-reach.ts'
import { checkStates } from './check-states.ts'
import { collectEdges, edgeTask } from './edges.ts'
import type { Outline, State } from './outline.ts'

export interface WorldCheck {
  readonly findings: readonly Finding[]
  /** Names of the tasks that move the world along an edge. */
  readonly transitionTasks: ReadonlySet<string>
}

/**
 * Everything that is wrong with a machine as it was written. XState itself would take most of it
 * in silence: unknown keys and actions are ignored, an unknown delay fires at once, and a bad
 * initial state throws only at start.
 */
export function checkWorld(
  outline: Outline,
  code: Code | undefined,
  tasks: ReadonlySet<string>,
  required: readonly RequiredState[],
): WorldCheck {
  const edges = collectEdges(outline)
  const findings = [...checkStates(outline, code), ...checkEdges(outline, edges, code, tasks)]
  // Where targets or initial states are wrong, what can be reached is anybody's guess.
  const certain = !findings.some(({ rule }) => LEAVES_REACH_OPEN.has(rule))
  if (certain) findings.push(...checkReach(outline, edges, firstPlaces(required)))
  const names = edges.map(edgeTask).filter((task) => task !== undefined)
  return { findings, transitionTasks: new Set(names) }
}

const LEAVES_REACH_OPEN: ReadonlySet<string> = new Set([
  'unknown-target',
  'initial-missing',
  'initial-unknown',
  'state-name',
  'state-type',
  'edge-without-target',
])

function firstPlaces(required: readonly RequiredState[]): ReadonlyMap<State, Path> {
  const places = new Map<State, Path>()
  for (const { state, at } of required) if (!places.has(state)) places.set(state, at)
  return places
}
