import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { listOf } from '../plan/data.ts'
import { declaredCost, namesTask } from '../plan/world/edge-meta.ts'

/**
 * Whether the state nodes of a machine already say everything about where its events lead: nothing
 * depends on context, guards or history, nothing happens by itself, and one leaf is active at a time.
 */
export function isStructural({ root, config }: AnyStateMachine): boolean {
  return (
    config.context === undefined && root.type === 'compound' && isPlainState(root) && allBelow(root)
  )
}

function allBelow(node: AnyStateNode): boolean {
  return Object.values<AnyStateNode>(node.states).every(
    (child) => isPlainState(child) && allBelow(child),
  )
}

function isPlainState(node: AnyStateNode): boolean {
  return (
    hasPlainType(node) &&
    node.entry.length === 0 &&
    node.exit.length === 0 &&
    listOf(node.config.invoke).length === 0 &&
    (node.always ?? []).length === 0 &&
    hasPlainTransitions(node)
  )
}

/** The end of an inner state is an event of its own; the end of the machine ends everything. */
function hasPlainType({ type, config, states, parent }: AnyStateNode): boolean {
  if (type === 'atomic') return true
  if (type === 'final') return parent?.parent === undefined
  return type === 'compound' && typeof config.initial === 'string' && config.initial in states
}

function hasPlainTransitions({ transitions }: AnyStateNode): boolean {
  for (const [event, candidates] of transitions) {
    if (event.includes('*') || event.startsWith('xstate.')) return false
    if (!candidates.every(isPlainTransition)) return false
  }
  return true
}

function isPlainTransition(transition: AnyTransitionDefinition): boolean {
  const { guard, actions, target, meta } = transition
  return (
    guard === undefined &&
    actions.length === 0 &&
    (target === undefined || target.length === 1) &&
    (!namesTask(meta) || isCost(declaredCost(meta)))
  )
}

function isCost(cost: unknown): boolean {
  return typeof cost === 'number' && Number.isFinite(cost) && cost >= 0
}
