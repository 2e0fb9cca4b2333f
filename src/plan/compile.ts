import { entriesOf, isRecord, ownValue } from './data.ts'
import type { Code, Declaration } from './declaration.ts'
import type { Diagnostic } from './diagnostic.ts'
import { describePlace } from './diagnostic.ts'
import type { Finding, Path } from './finding.ts'
import { toDiagnostic } from './finding.ts'
import { buildInterrupt, checkInterrupts, requiredByInterrupts } from './interrupt.ts'
import type { Plan, Task, World } from './model.ts'
import type { RequiredState, Requirement } from './requirement.ts'
import { resolveRequirement } from './requirement.ts'
import { checkResources, limitsOf, mostUnits } from './resources.ts'
import type { ResourceDeclaration } from './schema.ts'
import { PlanSchema } from './schema.ts'
import { findShapeMistakes } from './schema-findings.ts'
import { buildTask, checkTask, writtenOut } from './task.ts'
import type { TaskSchemas } from './task-schemas.ts'
import { readTaskSchemas } from './task-schemas.ts'
import { buildWorld } from './world/build.ts'
import { checkWorld } from './world/check.ts'
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
  return { plan: buildPlan(declaration, code, inspection, built?.world), diagnostics: [] }
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
  return {
    name,
    outline,
    transitionTasks,
    capacities: resources.capacities,
    schemas: new Map(schemas.map(([task, read]) => [task, read.schemas])),
    findings: [
      ...findShapeMistakes(PlanSchema, value),
      ...requirements.flatMap(({ findings }) => findings),
      ...(world?.findings ?? []),
      ...resources.findings,
      ...tasks.flatMap(([task, written]) =>
        checkTask(task, written, declaration, { transitionTasks, outline }),
      ),
      ...schemas.flatMap(([, { findings }]) => findings),
      ...checkInterrupts(declaration, names),
    ],
  }
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
  { outline, transitionTasks, capacities, schemas }: Inspection,
  world: World | undefined,
): Plan {
  const {
    name,
    description,
    resources = {},
    tasks = {},
    interrupts = {},
  } = PlanSchema.parse(declaration.value)
  const built = Object.entries(tasks).map(([task, written]): [string, Task] => {
    const read = schemas.get(task) ?? { input: undefined, output: undefined }
    return [task, buildTask(name, task, writtenOut(written), { code, outline }, read)]
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
    schedules: [],
    warnings: [],
  }
}
