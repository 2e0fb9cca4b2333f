import { entriesOf, isRecord, ownValue } from './data.ts'
import type { Declaration } from './declaration.ts'
import { describePlace } from './diagnostic.ts'
import type { Finding, Path } from './finding.ts'
import { toDiagnostic } from './finding.ts'
import { checkInterrupts, requiredByInterrupts } from './interrupts/interrupt.ts'
import { checkLintSettings } from './lint/lint.ts'
import { checkSchedules } from './schedules/check.ts'
import { findShapeMistakes } from './schema/findings.ts'
import type { ResourceDeclaration } from './schema/plan.ts'
import { PlanSchema } from './schema/plan.ts'
import { checkSubTasks } from './steps/check-sub-tasks.ts'
import type { StepsRead } from './steps/compile.ts'
import { readTaskSteps } from './steps/compile.ts'
import { checkGrants } from './steps/units.ts'
import { checkInputs } from './tasks/check-inputs.ts'
import type { Requirement } from './tasks/requirement.ts'
import { resolveRequirement } from './tasks/requirement.ts'
import { capacitiesOf, checkResources } from './tasks/resources.ts'
import type { TaskSchemas } from './tasks/schemas.ts'
import { readTaskSchemas } from './tasks/schemas.ts'
import { checkTask } from './tasks/task.ts'
import { checkWorld } from './world/check.ts'
import type { Edge } from './world/edges.ts'
import { collectEdges } from './world/edges.ts'
import type { Outline } from './world/outline.ts'
import { outlineWorld } from './world/outline.ts'

type Resources = Readonly<Record<string, ResourceDeclaration>>

/** Everything that is learned about a declaration while it is checked, what is wrong included. */
export interface Inspection {
  readonly name: string
  readonly findings: readonly Finding[]
  readonly outline: Outline | undefined
  readonly edges: readonly Edge[]
  readonly transitionTasks: ReadonlySet<string>
  readonly capacities: Readonly<Record<string, number>>
  readonly schemas: ReadonlyMap<string, TaskSchemas>
  readonly steps: ReadonlyMap<string, StepsRead>
}

/** Looks at all of a declaration, however wrong some of it is. `shared`: resources of all plans. */
export function inspectDeclaration(declaration: Declaration, shared: Resources): Inspection {
  const { value, unread } = declaration
  const name = String(ownValue(value, 'name') ?? '')
  const machine = ownValue(value, 'machine')
  const outline = isRecord(machine) ? outlineWorld(machine, name) : undefined
  const edges = outline === undefined ? [] : collectEdges(outline)
  const names = new Set([...tasksOf(value).map(([task]) => task), ...unread.tasks])
  const world = inspectWorld(declaration, outline, names)
  const { transitionTasks } = world
  const resources = checkResources(value, shared, placesIn(declaration, name))
  const tasks = inspectTasks(declaration, outline, transitionTasks)
  const { schemas, steps } = tasks
  const graph = { tasks: new Map(tasksOf(value)), steps, transitionTasks, outline }
  const subTasks = [...steps.values()].flatMap((each) => each.subTasks)
  const givers = { edges, subTasks, interrupts: ownValue(value, 'interrupts') }
  return {
    name,
    outline,
    edges,
    transitionTasks,
    capacities: resources.capacities,
    schemas,
    steps,
    findings: [
      ...findShapeMistakes(PlanSchema, value),
      ...world.findings,
      ...resources.findings,
      ...tasks.findings,
      ...checkSubTasks(graph),
      ...checkGrants(graph, { ...capacitiesOf(shared), ...resources.capacities }),
      ...checkInterrupts(declaration, names),
      ...checkInputs(givers, schemas),
      ...checkLintSettings(value),
      ...checkSchedules(declaration, { plan: name, tasks: names, schemas }),
    ],
  }
}

function tasksOf(value: unknown): readonly (readonly [string, unknown])[] {
  return entriesOf(ownValue(value, 'tasks'))
}

/** Says in words where something else stands. */
function placesIn({ locate }: Declaration, name: string): (path: Path) => string {
  return (path) => describePlace(toDiagnostic({ rule: '', message: '', path }, locate, name))
}

/** The machine, and what tasks and interrupts ask of it. */
function inspectWorld(
  { value, code, unread }: Declaration,
  outline: Outline | undefined,
  tasks: ReadonlySet<string>,
): { readonly transitionTasks: ReadonlySet<string>; readonly findings: readonly Finding[] } {
  const requirements = unread.machine ? [] : findRequirements(value, outline)
  const required = requirements.flatMap(({ states }) => states)
  const world = outline && checkWorld(outline, code, tasks, required)
  const findings = [...requirements.flatMap((each) => each.findings), ...(world?.findings ?? [])]
  return { transitionTasks: world?.transitionTasks ?? new Set(), findings }
}

function findRequirements(value: unknown, outline: Outline | undefined): readonly Requirement[] {
  const tasks = tasksOf(value).map(([task, written]) =>
    resolveRequirement(ownValue(written, 'requires'), ['tasks', task, 'requires'], outline),
  )
  return [...tasks, ...requiredByInterrupts(value, outline)]
}

/** Each task by itself: its keys, its schemas, its steps. */
function inspectTasks(
  declaration: Declaration,
  outline: Outline | undefined,
  transitionTasks: ReadonlySet<string>,
): Pick<Inspection, 'schemas' | 'steps' | 'findings'> {
  const { value, code, unread } = declaration
  const tasks = new Map(tasksOf(value))
  const schemas = new Map<string, TaskSchemas>()
  const steps = new Map<string, StepsRead>()
  const findings: Finding[] = []
  for (const [name, written] of tasks) {
    const read = readTaskSchemas(name, written, code)
    schemas.set(name, read.schemas)
    const { input } = read.schemas
    const stepsRead = readTaskSteps(name, written, { code, tasks, unread: unread.tasks, input })
    if (stepsRead !== undefined) steps.set(name, stepsRead)
    findings.push(
      ...checkTask(name, written, declaration, { transitionTasks, outline }),
      ...read.findings,
      ...(stepsRead?.findings ?? []),
    )
  }
  return { schemas, steps, findings }
}
