import { checkInputs, type Givers } from './check-inputs.ts'
import { entriesOf, isRecord, ownValue } from './data.ts'
import type { Code, Declaration } from './declaration.ts'
import type { Diagnostic } from './diagnostic.ts'
import { describePlace } from './diagnostic.ts'
import type { Finding, Path } from './finding.ts'
import { toDiagnostic } from './finding.ts'
import { buildInterrupt, checkInterrupts, requiredByInterrupts } from './interrupt.ts'
import { checkLintSettings, lintPlan } from './lint/lint.ts'
import type { Subject } from './lint/rule.ts'
import type { Plan, Task, World } from './model.ts'
import type { RequiredState, Requirement } from './requirement.ts'
import { resolveRequirement } from './requirement.ts'
import { capacitiesOf, checkResources, limitsOf, mostUnits } from './resources.ts'
import { buildSchedule } from './schedules/build-schedule.ts'
import { checkSchedules } from './schedules/check-schedules.ts'
import type { ResourceDeclaration } from './schema.ts'
import { PlanSchema } from './schema.ts'
import { findShapeMistakes } from './schema-findings.ts'
import type { TaskGraph } from './steps/check-sub-tasks.ts'
import { checkSubTasks } from './steps/check-sub-tasks.ts'
import type { StepsRead } from './steps/compile.ts'
import { readTaskSteps } from './steps/compile.ts'
import { checkGrants, grantOf } from './steps/units.ts'
import { buildTask, checkTask, writtenOut } from './task.ts'
import type { TaskSchemas } from './task-schemas.ts'
import { readTaskSchemas } from './task-schemas.ts'
import { buildWorld } from './world/build.ts'
import { checkWorld } from './world/check.ts'
import { collectEdges } from './world/edges.ts'
import type { Outline } from './world/outline.ts'
import { outlineWorld } from './world/outline.ts'

export interface CompileOptions {
  /** Resources declared outside of plans and shared by them, by name. */
  readonly resources?: Readonly<Record<string, ResourceDeclaration>> | undefined
}

export type Compilation =
  | { readonly plan: Plan; readonly diagnostics: readonly [] }
  | { readonly plan: undefined; readonly diagnostics: readonly Diagnostic[] }

/** Everything that was learned about a declaration while it was checked. */
interface Inspection {
  readonly name: string
  readonly findings: readonly Finding[]
  readonly outline: Outline | undefined
  readonly transitionTasks: ReadonlySet<string>
  readonly capacities: Readonly<Record<string, number>>
  readonly schemas: ReadonlyMap<string, TaskSchemas>
  readonly steps: ReadonlyMap<string, StepsRead>
}

/** A declaration as a plan, or everything that is wrong with it. */
export function compileDeclaration(
  declaration: Declaration,
  options: CompileOptions = {},
): Compilation {
  const inspection = inspect(declaration, options)
  const refuse = (findings: readonly Finding[]): Compilation => ({
    plan: undefined,
    diagnostics: findings.map((each) => toDiagnostic(each, declaration.locate, inspection.name)),
  })
  const { code, unread } = declaration
  const unfinished = code === undefined || unread.machine || unread.tasks.size > 0
  if (inspection.findings.length > 0 || unfinished) return refuse(inspection.findings)
  const built = inspection.outline && buildWorld(inspection.outline, code)
  if (built !== undefined && 'findings' in built) return refuse(built.findings)
  // Only what is sound is worth advice.
  const advice = lintPlan(subjectOf(declaration.value, code, inspection))
  if (advice.some(({ severity }) => severity === 'error')) return refuse(advice)
  const warnings = advice.map((each) => toDiagnostic(each, declaration.locate, inspection.name))
  const plan = buildPlan(declaration, code, inspection, built?.world)
  return { plan: { ...plan, warnings }, diagnostics: [] }
}

function subjectOf(value: unknown, code: Code, { outline }: Inspection): Subject {
  return { value, code, outline, edges: outline === undefined ? [] : collectEdges(outline) }
}

function inspect(declaration: Declaration, options: CompileOptions): Inspection {
  const { value, code, locate, unread } = declaration
  const name = String(ownValue(value, 'name') ?? '')
  const describe = (path: Path) => describePlace(toDiagnostic(placeholder(path), locate, name))
  const machine = ownValue(value, 'machine')
  const outline = isRecord(machine) ? outlineWorld(machine, name) : undefined
  const tasks = entriesOf(ownValue(value, 'tasks'))
  const names = new Set([...tasks.map(([task]) => task), ...unread.tasks])
  const requirements = unread.machine ? [] : findRequirements(value, outline)
  const required: RequiredState[] = requirements.flatMap(({ states }) => states)
  const world = outline && checkWorld(outline, code, names, required)
  const transitionTasks = world?.transitionTasks ?? new Set<string>()
  const resources = checkResources(value, options.resources ?? {}, describe)
  const schemas = tasks.map(
    ([task, written]) => [task, readTaskSchemas(task, written, code)] as const,
  )
  const steps = readAllSteps(declaration, schemas)
  const graph = { tasks: new Map(tasks), steps, transitionTasks, outline }
  return {
    name,
    outline,
    transitionTasks,
    capacities: resources.capacities,
    schemas: schemasOf(schemas),
    steps,
    findings: [
      ...findShapeMistakes(PlanSchema, value),
      ...requirements.flatMap(({ findings }) => findings),
      ...(world?.findings ?? []),
      ...resources.findings,
      ...tasks.flatMap(([task, written]) =>
        checkTask(task, written, declaration, { transitionTasks, outline }),
      ),
      ...schemas.flatMap(([, { findings }]) => findings),
      ...checkSteps(graph, { ...capacitiesOf(options.resources ?? {}), ...resources.capacities }),
      ...checkInterrupts(declaration, names),
      ...checkInputs(giversOf(value, outline, steps), schemasOf(schemas)),
      ...checkLintSettings(value),
      ...checkSchedules(declaration, { plan: name, tasks: names, schemas: schemasOf(schemas) }),
    ],
  }
}

function giversOf(
  value: unknown,
  outline: Outline | undefined,
  steps: ReadonlyMap<string, StepsRead>,
): Givers {
  return {
    edges: outline === undefined ? [] : collectEdges(outline),
    subTasks: [...steps.values()].flatMap(({ subTasks }) => subTasks),
    interrupts: ownValue(value, 'interrupts'),
  }
}

function checkSteps(
  graph: TaskGraph,
  capacities: Readonly<Record<string, number>>,
): readonly Finding[] {
  return [
    ...[...graph.steps.values()].flatMap(({ findings }) => findings),
    ...checkSubTasks(graph),
    ...checkGrants(graph, capacities),
  ]
}

type NamedSchemas = readonly (readonly [task: string, read: ReturnType<typeof readTaskSchemas>])[]

function schemasOf(schemas: NamedSchemas): ReadonlyMap<string, TaskSchemas> {
  return new Map(schemas.map(([task, read]) => [task, read.schemas]))
}

function readAllSteps(
  { value, code, unread }: Declaration,
  schemas: NamedSchemas,
): ReadonlyMap<string, StepsRead> {
  const tasks = new Map(entriesOf(ownValue(value, 'tasks')))
  const read = schemas.flatMap(([name, { schemas }]) => {
    const context = { code, tasks, unread: unread.tasks, input: schemas.input }
    const steps = readTaskSteps(name, tasks.get(name), context)
    return steps === undefined ? [] : [[name, steps] as const]
  })
  return new Map(read)
}

/** What tasks and interrupts ask of the world. */
function findRequirements(value: unknown, outline: Outline | undefined): readonly Requirement[] {
  const tasks = entriesOf(ownValue(value, 'tasks')).map(([task, written]) =>
    resolveRequirement(ownValue(written, 'requires'), ['tasks', task, 'requires'], outline),
  )
  return [...tasks, ...requiredByInterrupts(value, outline)]
}

function placeholder(path: Path): Finding {
  return { rule: '', message: '', path }
}

function buildPlan(
  declaration: Declaration,
  code: Code,
  { outline, transitionTasks, capacities, schemas, steps }: Inspection,
  world: World | undefined,
): Omit<Plan, 'warnings'> {
  const {
    name,
    description,
    resources = {},
    tasks = {},
    schedules = {},
    interrupts = {},
  } = PlanSchema.parse(declaration.value)
  const declared = { tasks: new Map(Object.entries(tasks)), steps }
  const built = Object.entries(tasks).map(([task, written]): [string, Task] => {
    const read = schemas.get(task) ?? { input: undefined, output: undefined }
    const units = grantOf(task, declared)
    const context = { code, outline, steps: steps.get(task), units }
    return [task, buildTask(name, task, writtenOut(written), context, read)]
  })
  return {
    name,
    version: declaration.version,
    description,
    folder: declaration.folder,
    resources: capacities,
    resourceLimits: limitsOf(resources),
    transitionUnits: mostUnits(
      built.flatMap(([task, { resources }]) => (transitionTasks.has(task) ? [resources] : [])),
    ),
    world,
    tasks: new Map(built),
    interrupts: Object.entries(interrupts).map(([rule, written]) =>
      buildInterrupt(name, rule, written, code),
    ),
    schedules: Object.entries(schedules).map(([schedule, written]) =>
      buildSchedule(name, schedule, written, new Set(Object.keys(tasks))),
    ),
  }
}
