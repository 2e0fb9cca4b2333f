import type { Code, Declaration } from './declaration.ts'
import type { Inspection } from './inspect.ts'
import { buildInterrupt } from './interrupts/interrupt.ts'
import type { Plan, Task, World } from './model.ts'
import { buildSchedule } from './schedules/build.ts'
import { PlanSchema } from './schema/plan.ts'
import { grantOf } from './steps/units.ts'
import { limitsOf, mostUnits } from './tasks/resources.ts'
import { buildTask, writtenOut } from './tasks/task.ts'

/** The plan of a declaration that an inspection has found sound. */
export function buildPlan(
  declaration: Declaration,
  code: Code,
  { name, outline, transitionTasks, capacities, schemas, steps }: Inspection,
  world: World | undefined,
): Omit<Plan, 'warnings'> {
  const {
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
