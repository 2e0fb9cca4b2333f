import { stat } from 'node:fs/promises'
import { InputError } from '../core/errors.ts'
import { loadPlans } from '../plan/load.ts'
import type { Interrupt, Plan, Task, World } from '../plan/model.ts'
import { nearestName } from '../plan/nearest.ts'
import { fullRuleName } from '../runtime/interrupts/services.ts'

export const DEFAULT_PLANS: readonly string[] = ['plans']

/** @throws {PlanError} with everything that is wrong with any plan. */
export function loadPlanFolders(
  folders: readonly string[] = DEFAULT_PLANS,
): Promise<readonly Plan[]> {
  return loadPlans(folders)
}

/** As `loadPlanFolders`, but no plans where none were named and there is no folder of that name. */
export async function loadPlansIfAny(
  folders: readonly string[] | undefined,
): Promise<readonly Plan[]> {
  if (folders !== undefined) return loadPlans(folders)
  const found = await Promise.all(
    DEFAULT_PLANS.map((folder) => stat(folder).then(isFolder, isNone)),
  )
  return found.every(Boolean) ? loadPlans(DEFAULT_PLANS) : []
}

function isFolder(stats: { isDirectory(): boolean }): boolean {
  return stats.isDirectory()
}

function isNone(error: NodeJS.ErrnoException): false {
  if (error.code === 'ENOENT') return false
  throw error
}

/** @throws {InputError} that names the nearest plan and all there are. */
export function findPlan(plans: readonly Plan[], name: string): Plan {
  const plan = plans.find((each) => each.name === name)
  if (plan !== undefined) return plan
  const names = plans.map((each) => each.name)
  throw new InputError(unknown(`there is no plan "${name}"`, name, names, 'the plans'))
}

/**
 * The task with the full name `plan/task`.
 * @throws {InputError} that names the nearest task and all there are.
 */
export function findTask(plans: readonly Plan[], fullName: string): Task {
  const slash = fullName.indexOf('/')
  const all = plans.flatMap(({ name, tasks }) => [...tasks.keys()].map((task) => `${name}/${task}`))
  if (slash < 1) {
    const namesake = all.find((each) => each.endsWith(`/${fullName}`))
    const problem = `"${fullName}" is not of the form plan/task`
    throw new InputError(unknown(problem, fullName, all, 'the tasks', namesake))
  }
  const plan = findPlan(plans, fullName.slice(0, slash))
  const name = fullName.slice(slash + 1)
  const task = plan.tasks.get(name)
  if (task !== undefined) return task
  const problem = `plan "${plan.name}" has no task "${name}"`
  throw new InputError(unknown(problem, name, [...plan.tasks.keys()], 'its tasks'))
}

/**
 * The interrupt with the full name `plan/interrupt`.
 * @throws {InputError} that names the nearest interrupt and all there are.
 */
export function findInterrupt(plans: readonly Plan[], fullName: string): Interrupt {
  const rules = plans.flatMap(({ interrupts }) => interrupts)
  const found = rules.find((rule) => fullRuleName(rule) === fullName)
  if (found !== undefined) return found
  const names = rules.map(fullRuleName)
  const namesake = names.find((each) => each.endsWith(`/${fullName}`))
  const problem = `there is no interrupt "${fullName}"`
  throw new InputError(unknown(problem, fullName, names, 'the interrupts', namesake))
}

/** @throws {InputError} for a plan without a machine. */
export function worldOf(plan: Plan): World {
  if (plan.world !== undefined) return plan.world
  throw new InputError(`plan "${plan.name}" has no machine, only tasks`)
}

/** @throws {InputError} that names the nearest state and all there are. */
export function requireState(plan: Plan, path: string): void {
  const { states } = worldOf(plan)
  if (states.has(path)) return
  const names = [...states.keys()]
  const sameKey = names.filter((name) => name.endsWith(`.${path}`))
  const problem = `plan "${plan.name}" has no state "${path}"`
  throw new InputError(unknown(problem, path, names, 'its states', sameKey[0]))
}

function unknown(
  problem: string,
  name: string,
  names: readonly string[],
  what: string,
  meant = nearestName(name, names),
): string {
  const suggestion = meant === undefined ? '' : `; did you mean "${meant}"?`
  const list = names.length === 0 ? 'there are none' : names.join(', ')
  return `${problem}${suggestion}\n${what}: ${list}`
}
