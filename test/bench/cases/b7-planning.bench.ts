import { getShortestPaths } from '@xstate/graph'
import type { AnyStateMachine } from 'xstate'
import { createActor } from 'xstate'
import type { PathQuestion, Planner } from '../../../src/planning/planner.ts'
import { createPlanner } from '../../../src/planning/planner.ts'
import type { Benchmark, Contender, Form, Section } from '../benchmark.ts'
import { seededRandom } from '../random.ts'
import type { Measured, Results } from '../results.ts'
import { formatSpread, type Spread, scale } from '../spread.ts'
import type { Target } from '../target.ts'
import { DEGREE, type Drawing, draw, type Shape, toMachine, toWorld } from '../worlds.ts'

const SHAPES = ['chain', 'random'] as const
const FORMS = {
  full: [10, 100, 1000, 10_000],
  quick: [10, 100, 1000],
} as const satisfies Record<Form, readonly number[]>

/** Beyond it the paths of the library fill the memory. */
const LARGEST_FOR_LIBRARY = 1000
const QUESTIONS = 16
const REPEATS = 100_000
const JUDGED_SIZE = 1000
const STATES_IN_A_RUN = 10_000

export const benchmark: Benchmark = {
  id: 'B7',
  title: 'planning a path',
  groups: (form) =>
    SHAPES.flatMap((shape) =>
      FORMS[form].map((size) => ({
        name: groupOf(shape, size),
        contenders: [
          setpoint(shape, size),
          ...(size <= LARGEST_FOR_LIBRARY ? [library(shape, size)] : []),
        ],
      })),
    ),
  report,
}

function groupOf(shape: Shape, size: number): string {
  return `${shape} of ${size}`
}

function setpoint(shape: Shape, size: number): Contender {
  return {
    name: 'Setpoint',
    run(round) {
      const drawings = drawingsOf(shape, size, round)
      const cold = unused(drawings).map(planCold)
      const last = drawings.at(-1)
      if (last === undefined) throw new RangeError('nothing was drawn')
      const { answer, ...further } = planFurther(last, round)
      return {
        figures: { cold: mean(cold.map(({ ms }) => ms)), ...further },
        answer: JSON.stringify([cold.map(({ steps }) => steps), answer]),
      }
    },
  }
}

/** A machine that nobody has used yet. */
interface Unused {
  readonly drawing: Drawing
  readonly machine: AnyStateMachine
}

/** What creating them leaves for the garbage collector is done with before anything is asked. */
function unused(drawings: readonly Drawing[]): readonly Unused[] {
  const made = drawings.map((drawing) => ({ drawing, machine: toMachine(drawing) }))
  globalThis.gc?.()
  return made
}

function planCold({ drawing, machine }: Unused): { readonly ms: number; readonly steps: number } {
  const world = toWorld(machine)
  const start = performance.now()
  const planner = createPlanner(world)
  const verdict = planner.findPath({ from: ['s0'], targets: [farEnd(drawing)] })
  const ms = performance.now() - start
  if (verdict.outcome !== 'reachable') throw new Error(JSON.stringify(verdict))
  const events = verdict.path.map(({ event }) => event)
  requirePath(machine, events, farEnd(drawing))
  return { ms, steps: events.length }
}

/** What questions to a planner that has answered before cost: `further` in ms, `repeated` in µs. */
function planFurther(drawing: Drawing, round: number) {
  const planner = createPlanner(toWorld(toMachine(drawing)))
  planner.findPath({ from: ['s0'], targets: [farEnd(drawing)] })
  const questions = targetsOf(drawing, round).map((target) => ({ from: ['s0'], targets: [target] }))
  const rounds = Math.ceil(REPEATS / questions.length)
  const first = time(() => askAll(planner, questions))
  const repeated = time(() => {
    for (let left = rounds; left > 0; left -= 1) askAll(planner, questions)
  })
  return {
    further: first / questions.length,
    repeated: (repeated * 1000) / (rounds * questions.length),
    answer: askAll(planner, questions),
  }
}

/** The number of steps to each. */
function askAll(planner: Planner, questions: readonly PathQuestion[]): readonly number[] {
  return questions.map((question) => {
    const verdict = planner.findPath(question)
    return verdict.outcome === 'reachable' ? verdict.path.length : -1
  })
}

function library(shape: Shape, size: number): Contender {
  return {
    name: 'library',
    run(round) {
      const drawings = drawingsOf(shape, size, round)
      const cold = unused(drawings).map(askLibrary)
      const all = unused(drawings).map(askLibraryForAll)
      const last = drawings.at(-1)
      if (last === undefined) throw new RangeError('nothing was drawn')
      const targets = targetsOf(last, round)
      return {
        figures: {
          cold: mean(cold.map(({ ms }) => ms)),
          everything: mean(all.map(({ ms }) => ms)),
          further: askLibraryFurther(last, targets),
        },
        answer: JSON.stringify([
          cold.map(({ steps }) => steps),
          targets.map((target) => all.at(-1)?.steps.get(target)),
        ]),
      }
    },
  }
}

function askLibrary({ drawing, machine }: Unused): { readonly ms: number; readonly steps: number } {
  const events = eventsOf(drawing)
  const start = performance.now()
  const toState = ({ value }: { value: unknown }) => value === farEnd(drawing)
  const [path] = getShortestPaths(machine, { events, toState })
  const ms = performance.now() - start
  // The first step of the library is the start of the machine.
  const taken = path?.steps.slice(1).map(({ event }) => event.type) ?? []
  requirePath(machine, taken, farEnd(drawing))
  return { ms, steps: taken.length }
}

/** What further questions to a machine that has been walked before cost, in ms. */
function askLibraryFurther(drawing: Drawing, targets: readonly string[]): number {
  const machine = toMachine(drawing)
  const events = eventsOf(drawing)
  const ask = (target: string) => {
    const toState = ({ value }: { value: unknown }) => value === target
    if (getShortestPaths(machine, { events, toState }).length === 0) {
      throw new Error(`the library found no path to ${target}`)
    }
  }
  ask(farEnd(drawing))
  return time(() => targets.forEach(ask)) / targets.length
}

function askLibraryForAll({ drawing, machine }: Unused) {
  const events = eventsOf(drawing)
  const start = performance.now()
  const paths = getShortestPaths(machine, { events })
  const ms = performance.now() - start
  return { ms, steps: new Map(paths.map((path) => [path.state.value, path.steps.length - 1])) }
}

/** Given, because otherwise the library would find out the events of every state by itself. */
function eventsOf({ edges }: Drawing) {
  return ({ value }: { value: unknown }) => [...(edges.get(String(value)) ?? [])]
}

/** So many that small graphs, too, give the clock something to measure. */
function drawingsOf(shape: Shape, size: number, round: number): readonly Drawing[] {
  const count = Math.max(1, Math.floor(STATES_IN_A_RUN / size))
  return Array.from({ length: count }, (_, index) => draw(shape, size, round * count + index))
}

function farEnd({ states }: Drawing): string {
  return states.at(-1) ?? ''
}

/** Different targets, none of them the start or the far end, drawn alike for both sides. */
function targetsOf({ states }: Drawing, round: number): readonly string[] {
  const random = seededRandom(round)
  const rest = states.slice(1, -1).map((state) => ({ state, at: random() }))
  rest.sort((a, b) => a.at - b.at)
  return rest.slice(0, QUESTIONS).map(({ state }) => state)
}

/** Walks the machine itself along the path. */
function requirePath(machine: AnyStateMachine, events: readonly string[], target: string): void {
  const actor = createActor(machine).start()
  for (const type of events) actor.send({ type })
  const reached = actor.getSnapshot().value
  actor.stop()
  if (reached !== target) throw new Error(`the path leads to ${reached}, not to ${target}`)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function time(work: () => void): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

function report(results: Results, form: Form): Section {
  const sizes = FORMS[form]
  const cases = SHAPES.flatMap((shape) => sizes.map((size) => [shape, size] as const))
  return {
    method: [
      `Chains, and random graphs with ${DEGREE} edges a state; every edge costs 1. **Cold** is a path from the first state to the last, asked of a machine that has been created and never used: for Setpoint that is walking the machine into a graph, packing the graph into arrays, the search, and the steps of the answer; for the library, \`getShortestPaths\` with \`toState\`, its events given. Creating the machine, the garbage that this leaves, and validating the plan are in neither. The code is warm, the machine is new for every question; of smaller graphs a run takes several, ${STATES_IN_A_RUN} states in all, and their mean. **All paths** is the library without \`toState\`.`,
      `**New** is what a running system asks: a target that nobody has asked for, of a plan that is loaded; the mean of the same questions to both, up to ${QUESTIONS}. For Setpoint it is the search on the arrays of the compiled plan and the steps of the answer; the graph is there from the first question, whose cost is under **cold**. For the library it is the same call as when it is cold, of a machine that XState has already been through once; it keeps no graph between calls, so it walks the machine again. **Repeated** is Setpoint asked those questions ${REPEATS} times in turn: the answers are kept.`,
      `Up to ${LARGEST_FOR_LIBRARY} states both sides must need the same number of steps for every question, and the machine itself, driven along the cold path, must arrive.`,
    ],
    table: {
      columns: ['graph', 'cold, ms', 'library, cold, ms', 'library, all paths, ms'].concat(
        'library ÷ cold',
        'new, µs',
        'library, new, µs',
        'library ÷ new',
        'repeated, µs',
      ),
      rows: cases.map(([shape, size]) => toRow(results, shape, size)),
    },
    targets: SHAPES.flatMap((shape) => targetsFor(results, shape, sizes)),
  }
}

function toRow(results: Results, shape: Shape, size: number): string[] {
  const group = groupOf(shape, size)
  const cell = (contender: string, figure: string, factor = 1) =>
    formatSpread(scale(results.spread(group, contender, figure), factor))
  const library = (figure: string, factor?: number) =>
    size > LARGEST_FOR_LIBRARY ? '–' : cell('library', figure, factor)
  const ratio = (figure: string) =>
    size > LARGEST_FOR_LIBRARY ? '–' : formatSpread(libraryToOurs(results, group, figure))
  return [
    group,
    cell('Setpoint', 'cold'),
    library('cold'),
    library('everything'),
    ratio('cold'),
    cell('Setpoint', 'further', 1000),
    library('further', 1000),
    ratio('further'),
    cell('Setpoint', 'repeated'),
  ]
}

function libraryToOurs(results: Results, group: string, figure: string): Spread {
  return results.ratio([group, 'library', figure], [group, 'Setpoint', figure])
}

function targetsFor(results: Results, shape: Shape, sizes: readonly number[]): Target[] {
  const cold = (size: number): Measured => [groupOf(shape, size), 'Setpoint', 'cold']
  const judged = groupOf(shape, JUDGED_SIZE)
  const largest = sizes.at(-1) ?? 0
  const smaller = sizes.at(-2) ?? 0
  const allowed = (largest * Math.log(largest)) / (smaller * Math.log(smaller))
  return [
    {
      name: `${judged}, library ÷ cold`,
      bound: 'at least',
      limit: 20,
      unit: '×',
      measured: libraryToOurs(results, judged, 'cold'),
    },
    {
      name: `${judged}, library ÷ new (a new question to a compiled plan)`,
      bound: 'at least',
      limit: 20,
      unit: '×',
      measured: libraryToOurs(results, judged, 'further'),
    },
    {
      name: `${groupOf(shape, largest)}, repeated`,
      bound: 'at most',
      limit: 2,
      unit: 'µs',
      measured: results.spread(groupOf(shape, largest), 'Setpoint', 'repeated'),
    },
    {
      name: `${shape}, cold of ${largest} ÷ cold of ${smaller} (n log n grows by the target)`,
      bound: 'at most',
      limit: allowed,
      unit: '×',
      measured: results.ratio(cold(largest), cold(smaller)),
    },
  ]
}
