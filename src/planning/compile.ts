import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate'
import { getInitialSnapshot } from 'xstate'
import type { World } from '../plan/model.ts'
import { stateValues } from './configuration.ts'
import type { Limits, WorldGraph } from './graph.ts'
import { readStructure } from './structure.ts'
import { Walk } from './walk.ts'

const graphs = new WeakMap<World, Map<string, WorldGraph>>()

/** The graph of a world, compiled once. What lies beyond the limits is left open. */
export function worldGraph(world: World, limits: Limits): WorldGraph {
  const known = graphs.get(world) ?? new Map<string, WorldGraph>()
  graphs.set(world, known)
  const key = `${limits.vertices} ${limits.clock === undefined ? '' : limits.time}`
  const graph = known.get(key) ?? compile(world.machine, limits)
  known.set(key, graph)
  return graph
}

function compile(machine: AnyStateMachine, limits: Limits): WorldGraph {
  return readStructure(machine, limits) ?? walkMachine(machine, limits)
}

/** The initial snapshot and what it leads to, then every configuration that this left out. */
export function walkMachine(machine: AnyStateMachine, limits: Limits): WorldGraph {
  const walk = new Walk(machine, limits)
  try {
    const initial: AnyMachineSnapshot = getInitialSnapshot(machine)
    if (initial.status === 'error') throw initial.error
    walk.explore(initial)
    for (const value of stateValues(machine.root)) {
      if (walk.truncated !== undefined) break
      if (walk.hasSeen(value)) continue
      walk.explore(machine.resolveState({ value, context: initial.context }))
    }
    return walk.toGraph()
  } catch (error) {
    return new Walk(machine, limits).toGraph(messageOf(error))
  }
}

/** One snapshot, as vertex 0, and what it leads to. */
export function walkFrom(
  machine: AnyStateMachine,
  snapshot: AnyMachineSnapshot,
  limits: Limits,
): WorldGraph {
  const walk = new Walk(machine, limits)
  try {
    // Resolved anew, so that no live child of the snapshot hears of what is only thought through.
    const { value, context, historyValue, status } = snapshot
    walk.explore(machine.resolveState({ value, context, historyValue, status }))
    return walk.toGraph()
  } catch (error) {
    return new Walk(machine, limits).toGraph(messageOf(error))
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
