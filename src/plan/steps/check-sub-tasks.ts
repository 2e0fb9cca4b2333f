import { ownValue } from '../data.ts'
import { quote } from '../diagnostic.ts'
import type { Finding } from '../finding.ts'
import { resolveRequirement } from '../tasks/requirement.ts'
import type { Outline } from '../world/outline.ts'
import { isWithin } from '../world/outline.ts'
import type { StepsRead } from './compile.ts'
import type { SubTask } from './scope.ts'

/** Everything that says what may run what. */
export interface TaskGraph {
  readonly tasks: ReadonlyMap<string, unknown>
  readonly steps: ReadonlyMap<string, StepsRead>
  readonly transitionTasks: ReadonlySet<string>
  readonly outline: Outline | undefined
}

/** Whether what steps run can be run under the lease of their task. */
export function checkSubTasks(graph: TaskGraph): readonly Finding[] {
  return [...graph.steps].flatMap(([name, { steps, subTasks }]) => [
    ...(steps.length > 0 && graph.transitionTasks.has(name) ? [movesTheWorld(name)] : []),
    ...subTasks.flatMap((each) => [
      ...checkCycle(name, each, graph),
      ...checkKind(each, graph),
      ...checkWorld(name, each, graph),
    ]),
  ])
}

function movesTheWorld(name: string): Finding {
  const message = `${quote(name)} moves the world along an edge, so it is one handler and has no steps`
  return { rule: 'step-task', path: ['tasks', name, 'steps'], at: 'key', message }
}

function checkCycle(name: string, { name: first, path }: SubTask, graph: TaskGraph): Finding[] {
  const way = wayTo(name, first, graph, new Set())
  if (way === undefined) return []
  const shown = [name, ...way].map(quote).join(' → ')
  return [{ rule: 'sub-task-cycle', path, message: `the task would run itself: ${shown}` }]
}

/** Names of the tasks from one to another by which it is run. */
function wayTo(
  goal: string,
  from: string,
  graph: TaskGraph,
  seen: Set<string>,
): readonly string[] | undefined {
  if (from === goal) return [from]
  if (seen.has(from)) return undefined
  seen.add(from)
  for (const { name } of graph.steps.get(from)?.subTasks ?? []) {
    const way = wayTo(goal, name, graph, seen)
    if (way !== undefined) return [from, ...way]
  }
  return undefined
}

function checkKind({ name, path }: SubTask, { tasks, transitionTasks }: TaskGraph): Finding[] {
  if (ownValue(tasks.get(name), 'external') === true) {
    const message = `${quote(name)} is external, so no step can run it`
    return [{ rule: 'sub-task', path, message }]
  }
  if (!transitionTasks.has(name)) return []
  const message = `${quote(name)} moves the world along an edge, so only the runtime runs it`
  return [{ rule: 'sub-task', path, message }]
}

/** The world is prepared for the whole task, so it has to suit what its steps run. */
function checkWorld(parent: string, { name, path }: SubTask, graph: TaskGraph): Finding[] {
  const own = graph.tasks.get(parent)
  const sub = graph.tasks.get(name)
  const needed = statesOf(sub, graph)
  const given = statesOf(own, graph)
  const lacking = given.filter((state) => !needed.some((each) => isWithin(state, each)))
  const findings: Finding[] = []
  if (needed.length > 0 && (given.length === 0 || lacking.length > 0)) {
    const states = needed.map((state) => quote(state.path)).join(' or ')
    const message = `${quote(name)} requires ${states}, which what ${quote(parent)} requires does not promise`
    const expected = `${quote(parent)} to require ${states}`
    findings.push({ rule: 'sub-task-requires', path, message, expected })
  }
  const leaves = ownValue(sub, 'leaves')
  const disturbed = ownValue(own, 'disturbs') === true
  const changes = leaves !== undefined || ownValue(sub, 'disturbs') === true
  if (changes && !disturbed && (leaves === undefined || ownValue(own, 'leaves') !== leaves)) {
    const says = leaves === undefined ? 'disturbs: true' : `leaves: ${String(leaves)}`
    const message = `${quote(name)} changes the world, so ${quote(parent)} has to say ${says} too`
    findings.push({ rule: 'sub-task-effect', path, message })
  }
  return findings
}

function statesOf(task: unknown, { outline }: TaskGraph) {
  const { states } = resolveRequirement(ownValue(task, 'requires'), [], outline)
  return states.map(({ state }) => state)
}
