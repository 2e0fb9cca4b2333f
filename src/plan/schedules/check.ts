import { entriesOf, isRecord, ownValue } from '../data.ts'
import type { Declaration } from '../declaration.ts'
import { quote } from '../diagnostic.ts'
import type { Finding, Path } from '../finding.ts'
import { unknownName, unknownTask } from '../finding.ts'
import type { TaskSchemas } from '../tasks/schemas.ts'
import { checkTrigger } from './check-trigger.ts'
import { checkInput, checkWhere } from './input.ts'

export interface ScheduleSurroundings {
  readonly plan: string
  /** The names of all tasks of the plan, also of those that could not be read. */
  readonly tasks: ReadonlySet<string>
  readonly schemas: ReadonlyMap<string, TaskSchemas>
}

/** What is wrong with the schedules of a plan, beyond their shape. */
export function checkSchedules(
  { value, folder }: Declaration,
  { plan, tasks, schemas }: ScheduleSurroundings,
): readonly Finding[] {
  return entriesOf(ownValue(value, 'schedules')).flatMap(([name, schedule]) => {
    if (!isRecord(schedule)) return []
    const at = ['schedules', name]
    const task = ownValue(schedule, 'task')
    const schema = typeof task === 'string' ? schemas.get(task)?.input : undefined
    return [
      ...checkTask(task, [...at, 'task'], tasks, plan),
      ...checkTrigger(at, schedule, tasks, plan),
      ...checkFolder(at, schedule, folder),
      ...checkWhere(ownValue(schedule, 'where'), [...at, 'where']),
      ...checkInput(ownValue(schedule, 'input'), [...at, 'input'], schema),
    ]
  })
}

function checkTask(
  task: unknown,
  path: Path,
  tasks: ReadonlySet<string>,
  plan: string,
): readonly Finding[] {
  if (typeof task !== 'string' || tasks.has(task)) return []
  if (!task.startsWith(`${plan}/`)) return [unknownTask(path, task, tasks)]
  const name = task.slice(plan.length + 1)
  const message = `a schedule names a task of its own plan without the plan: ${quote(name)}`
  return [unknownName('unknown-task', path, task, tasks, message)]
}

/** A plan that was defined in code has no folder to be watched. */
function checkFolder(
  at: Path,
  schedule: Readonly<Record<string, unknown>>,
  folder: string | undefined,
): readonly Finding[] {
  if (ownValue(schedule, 'files') === undefined || folder !== undefined) return []
  const message = 'a plan that was defined in code has no folder, so no files can be watched'
  return [{ rule: 'schedule-trigger', path: [...at, 'files'], at: 'key', message }]
}
