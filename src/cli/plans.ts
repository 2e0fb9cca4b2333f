import { stat } from 'node:fs/promises'
import { InputError } from '../core/errors.ts'
import { PlanError } from '../plan/diagnostic.ts'
import { loadPlans, type PlanRead, readPlans } from '../plan/load.ts'
import type { Interrupt, Plan, Schedule, Task, World } from '../plan/model.ts'
import { nearestName } from '../plan/nearest.ts'
import { fullRuleName } from '../runtime/interrupts/services.ts'
import { fullScheduleName } from '../runtime/schedules/names.ts'
import { type Io, writeLine } from './io.ts'
import { count, diagnosticsOf, isWarning, nameOf } from './plan-report.ts'
import { printable, styleFor } from './style.ts'

export const DEFAULT_PLANS: readonly string[] = ['plans']

/** @throws {PlanError} with everything that is wrong with any plan. */
export function loadPlanFolders(
  folders: readonly string[] = DEFAULT_PLANS,
): Promise<readonly Plan[]> {
  return loadPlans(folders)
}

/**
 * The plans of the folders but those that cannot be used, which stderr names; so that they do not
 * stand in the way of the one that is wanted.
 * @throws {PlanError} when the wanted one cannot be used or is not among them.
 */
export async function loadPlansAround(
  wanted: string,
  folders: readonly string[] = DEFAULT_PLANS,
  io: Io,
): Promise<readonly Plan[]> {
  const reads = await readUsable(wanted, folders, io)
  return reads.flatMap(({ plan }) => plan ?? [])
}

/**
 * The plans of the folders but those that cannot be used, which stderr names.
 * @throws {PlanError} when none can be used and some should be.
 */
export async function loadUsablePlans(
  folders: readonly string[] = DEFAULT_PLANS,
  io: Io,
): Promise<readonly Plan[]> {
  const reads = await readUsable(undefined, folders, io)
  return reads.flatMap(({ plan }) => plan ?? [])
}

/** `wanted`: the name of a plan; undefined: any will do. */
async function readUsable(
  wanted: string | undefined,
  folders: readonly string[],
  io: Io,
): Promise<readonly PlanRead[]> {
  const reads = await readPlans(folders)
  const usable = reads.filter(({ plan }) => plan !== undefined)
  const broken = reads.filter(({ plan }) => plan === undefined)
  const isWanted = ({ plan }: PlanRead) => wanted === undefined || plan?.name === wanted
  if (broken.length > 0 && !usable.some(isWanted)) {
    const texts = broken.flatMap((each) => [...each.texts])
    throw new PlanError(diagnosticsOf(broken), new Map(texts))
  }
  for (const read of broken) warnOf(read, io)
  return usable
}

/**
 * What becomes of the folders; if some of their plans cannot be used, what becomes of the folders of
 * the others, as `loadPlansAround` has it.
 */
export async function withUsablePlans<T>(
  wanted: string,
  folders: readonly string[] = DEFAULT_PLANS,
  io: Io,
  use: (folders: readonly string[]) => Promise<T>,
): Promise<T> {
  try {
    return await use(folders)
  } catch (error) {
    if (!(error instanceof PlanError)) throw error
    const usable = await readUsable(wanted, folders, io)
    return use(usable.flatMap(({ folder }) => folder ?? []))
  }
}

function warnOf(read: PlanRead, io: Io): void {
  const { yellow, dim } = styleFor(io.stderr, io.env)
  const mistakes = read.diagnostics.filter((each) => !isWarning(each)).length
  const name = nameOf(read) ?? read.folder ?? ''
  const said = `plan ${name} cannot be used: ${count(mistakes, 'mistake')}`
  const hint = `setpoint plan check ${read.folder ?? name} shows them`
  writeLine(io.stderr, `${yellow('warning:')} ${printable(said)}; ${dim(printable(hint))}`)
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
  return findNamed('interrupt', rules, fullRuleName, fullName)
}

/**
 * The schedule with the full name `plan/schedule`.
 * @throws {InputError} that names the nearest schedule and all there are.
 */
export function findSchedule(plans: readonly Plan[], fullName: string): Schedule {
  const schedules = plans.flatMap((plan) => plan.schedules)
  return findNamed('schedule', schedules, fullScheduleName, fullName)
}

function findNamed<Item>(
  noun: string,
  items: readonly Item[],
  nameOf: (item: Item) => string,
  fullName: string,
): Item {
  const found = items.find((item) => nameOf(item) === fullName)
  if (found !== undefined) return found
  const names = items.map(nameOf)
  const namesake = names.find((each) => each.endsWith(`/${fullName}`))
  const problem = `there is no ${noun} "${fullName}"`
  throw new InputError(unknown(problem, fullName, names, `the ${noun}s`, namesake))
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
