import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { createMachine } from 'xstate'
import type { World, WorldState } from '../../../src/plan/model.ts'

/** A state or machine config, as plain as a plan declares it. */
export interface StateConfig {
  type?: 'parallel' | 'final' | 'history'
  initial?: string
  meta?: unknown
  states?: Record<string, StateConfig>
  on?: Record<string, unknown>
  always?: unknown
  after?: Record<number, unknown>
  context?: unknown
  history?: unknown
}

/** A world around a machine config. Fields of a state's `meta` overrule those of its record. */
export function toWorld(config: StateConfig, implementations: object = {}): World {
  // The configs of these tests are made as data, which the types of createMachine cannot follow.
  const machine = createMachine(
    { id: 'world', ...config } as never,
    implementations as never,
  ) as AnyStateMachine
  const states = new Map(nodesBelow(machine.root).map((node) => [node.path.join('.'), node]))
  return {
    config: { ...config },
    machine,
    states: new Map([...states].map(([path, node]) => [path, toWorldState(path, node)])),
  }
}

function nodesBelow(node: AnyStateNode): AnyStateNode[] {
  return Object.values<AnyStateNode>(node.states).flatMap((child) => [child, ...nodesBelow(child)])
}

function toWorldState(path: string, node: AnyStateNode): WorldState {
  const meta = (node.meta ?? {}) as Partial<Omit<WorldState, 'check'>> & { check?: string }
  const { check, ...rest } = meta
  return {
    path,
    type: node.type,
    priority: 0,
    serial: false,
    timeout: 1000,
    tags: [],
    ...rest,
    check: check === undefined ? undefined : { name: check, run: () => 'unknown' },
  }
}

/** A transition that a task moves along. */
export function edge(target: string | undefined, cost?: number, rest: object = {}): object {
  const meta = cost === undefined ? { task: 'move' } : { task: 'move', cost }
  return { ...(target === undefined ? {} : { target }), meta, ...rest }
}
