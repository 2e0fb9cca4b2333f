import { getAdjacencyMap, getShortestPaths } from '@xstate/graph'
import type {
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyStateNode,
  EventObject,
  StateValue,
} from 'xstate'
import { allDone } from './manual-clock.ts'

/** One transition of a machine as a path takes it; states as dotted paths. */
export interface Move {
  readonly from: string
  readonly type: string
  readonly to: string
}

export type Path = readonly Move[]

/** Makes one move happen in the real system. `next`: the moves that the path takes after it. */
export type Driver<System> = (system: System, next: Path) => unknown

/** Drivers by `state event`. */
export type Drivers<System> = Readonly<Record<string, Driver<System>>>

export interface ModelSystem {
  /** Where the real system stands, as far as it can be seen from outside. */
  state(): Promise<string>
  /**
   * The states that a real actor went through in passing since the last move; a state that nothing
   * can hold is seen only here.
   */
  passed?(state: string): boolean
  /** What else has to be true in this state. */
  expect(state: string): Promise<void>
}

export interface Model {
  readonly machine: AnyStateMachine
  /** The whole alphabet; never the one that @xstate/graph would make up. */
  readonly events: readonly string[]
  /** States in which the system may begin; the machine's own beginning unless given. */
  readonly starts?: readonly string[]
  /** Moves, by `state event`, that the machine has and the runtime never makes, each with why. */
  readonly never?: Readonly<Record<string, string>>
  /** Moves, by `state event`, that no path goes on from: what may follow depends on the way. */
  readonly ends?: readonly string[]
}

export function toKey({ from, type }: Move): string {
  return `${from} ${type}`
}

export function describePath(path: Path): string {
  const words = path.map(({ type, to }) => `${type} → ${to}`)
  return [path[0]?.from, ...words].join(' → ')
}

export function nameOf(value: StateValue): string {
  if (typeof value === 'string') return value
  return Object.entries(value)
    .map(([key, inner]) => (inner === undefined ? key : `${key}.${nameOf(inner)}`))
    .join(' & ')
}

/** For every move of the machine that the runtime makes, the shortest path that ends with it. */
export function pathsOf(model: Model): Path[] {
  const ways = shortestWays(model)
  return movesOf(model)
    .filter((move) => model.never?.[toKey(move)] === undefined)
    .map((move) => {
      const way = ways.get(move.from)
      if (way === undefined) throw new TypeError(`the model never comes to ${move.from}`)
      return [...way, move]
    })
}

/** Every transition, with one target, with or without a change of state. */
export function movesOf(model: Model): Move[] {
  const moves = new Map<string, Move>()
  for (const fromState of startsOf(model)) {
    const map = getAdjacencyMap(model.machine, { ...alphabetOf(model), fromState })
    for (const { state, transitions } of Object.values(map)) {
      const from = state as AnyMachineSnapshot
      for (const { event, state: to } of Object.values(transitions as Reached)) {
        // An event that nothing answers, or only in order to forbid it, is no move.
        if (from.status !== 'active' || !from.can(event as EventObject)) continue
        const target = nameOf((to as AnyMachineSnapshot).value as StateValue)
        const move = { from: nameOf(from.value), type: (event as EventObject).type, to: target }
        moves.set(toKey(move), move)
      }
    }
  }
  return [...moves.values()]
}

/** What a model, its machine and its drivers say differently; nothing when they agree. */
export function findGaps(model: Model, drivers: Drivers<never>): string[] {
  const moves = movesOf(model).map(toKey)
  const states = new Set(movesOf(model).flatMap(({ from, to }) => [from, to]))
  const { never = {} } = model
  const given = [...Object.keys(drivers), ...Object.keys(never)]
  return [
    ...leavesOf(model.machine)
      .filter((state) => !states.has(state))
      .map((state) => `no path comes to the state "${state}"`),
    ...model.machine.events
      .filter((type) => !model.events.includes(type))
      .map((type) => `the event "${type}" is not in the alphabet`),
    ...moves.filter((key) => !given.includes(key)).map((key) => `no driver makes "${key}" happen`),
    ...given.filter((key) => !moves.includes(key)).map((key) => `the machine has no "${key}"`),
  ]
}

/** Takes a path in the real system, and looks after each move where that stands. */
export async function walk<System extends ModelSystem>(
  path: Path,
  system: System,
  drivers: Drivers<System>,
): Promise<void> {
  if (path[0] !== undefined) await arrive(system, path[0].from)
  for (const [index, move] of path.entries()) {
    await drivers[toKey(move)]?.(system, path.slice(index + 1))
    await arrive(system, move.to)
  }
}

type Reached = Readonly<Record<string, { readonly event: unknown; readonly state: unknown }>>

/** Turns of the event loop that a real store may take to write something. */
const PATIENCE = 50

async function arrive(system: ModelSystem, state: string): Promise<void> {
  for (let turn = 0; turn < PATIENCE; turn += 1) {
    await allDone()
    if (system.passed?.(state) || (await system.state()) === state) break
  }
  await system.expect(state)
}

function shortestWays(model: Model): Map<string, Path> {
  const ways = new Map<string, Path>()
  for (const fromState of startsOf(model)) {
    const events = (state: unknown) => eventsOnTheWay(model, state as AnyMachineSnapshot)
    const paths = getShortestPaths(model.machine, { events, fromState })
    for (const { state, steps } of paths) {
      const name = nameOf((state as AnyMachineSnapshot).value)
      const way = toMoves(steps)
      if (way.length < (ways.get(name)?.length ?? Number.POSITIVE_INFINITY)) ways.set(name, way)
    }
  }
  return ways
}

/** A step holds the state that its event has led to; the first one is the beginning. */
function toMoves(steps: readonly { readonly state: unknown; readonly event: EventObject }[]): Path {
  const names = steps.map(({ state }) => nameOf((state as AnyMachineSnapshot).value))
  return steps.slice(1).map(({ event: { type } }, index) => {
    return { from: names[index] ?? '', type, to: names[index + 1] ?? '' }
  })
}

function startsOf({ machine, starts }: Model): (AnyMachineSnapshot | undefined)[] {
  return starts?.map((value) => machine.resolveState({ value, context: {} })) ?? [undefined]
}

function eventsOnTheWay(model: Model, { value }: AnyMachineSnapshot): EventObject[] {
  const avoided = [...(model.ends ?? []), ...Object.keys(model.never ?? {})]
  const from = nameOf(value)
  return alphabetOf(model).events.filter(({ type }) => !avoided.includes(`${from} ${type}`))
}

function alphabetOf({ events }: Model) {
  return { events: events.map((type) => ({ type })) }
}

function leavesOf({ root }: AnyStateMachine): string[] {
  const below = (node: AnyStateNode): AnyStateNode[] => {
    const children = Object.values<AnyStateNode>(node.states)
    return children.length === 0 ? [node] : children.flatMap(below)
  }
  return below(root).map(({ path }) => path.join('.'))
}
