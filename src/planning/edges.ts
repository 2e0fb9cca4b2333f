import type { AnyMachineSnapshot, AnyStateMachine, AnyTransitionDefinition } from 'xstate'
import type { EdgeMeta } from '../plan/model.ts'
import { edgeMeta } from '../plan/world/edge-meta.ts'
import type { Configuration } from './configuration.ts'

/** What an event would do in a snapshot: move along a task's edge, or not, and why not. */
export type Answer =
  | { readonly moves: true; readonly meta: EdgeMeta }
  | { readonly moves: false; readonly guard: string | undefined; readonly reason: string }

export const TAKEN_WITHOUT_TASK = 'a transition without a task is taken instead'

/** Asks the machine which transition it would take. A guard that throws refuses. */
export function answerTo(
  machine: AnyStateMachine,
  snapshot: AnyMachineSnapshot,
  configuration: Configuration,
  event: string,
): Answer {
  try {
    const taken = machine.getTransitionData(snapshot, { type: event }) as AnyTransitionDefinition[]
    const metas = taken.flatMap(({ meta }) => edgeMeta(meta) ?? [])
    const [meta, second] = metas
    if (meta !== undefined && second === undefined) return { moves: true, meta }
    return refusal(configuration, event, reasonFor(taken.length, metas.length))
  } catch (error) {
    return refusal(configuration, event, error instanceof Error ? error.message : String(error))
  }
}

function reasonFor(taken: number, tasks: number): string {
  if (taken === 0) return 'its guard answered false'
  if (tasks === 0) return TAKEN_WITHOUT_TASK
  return 'several regions answer it, each with a task of its own'
}

function refusal(configuration: Configuration, event: string, reason: string): Answer {
  const guards = configuration.nodes
    .flatMap((node) => node.transitions.get(event) ?? [])
    .filter(({ meta }) => edgeMeta(meta) !== undefined)
    .flatMap(({ guard }) => guardName(guard) ?? [])
  const guard = guards.length === 0 ? undefined : [...new Set(guards)].join(', ')
  return { moves: false, guard, reason }
}

function guardName(guard: unknown): string | undefined {
  if (guard === undefined) return undefined
  if (typeof guard === 'string') return guard
  if (typeof guard === 'function') return guard.name || 'inline guard'
  return String((guard as { readonly type: unknown }).type)
}
