import { fullTaskName } from '../../core/tasklet.ts'
import type { Plan, StartLimit, Task } from '../../plan/model.ts'
import type { RateLimit } from '../../ports/store-messages.ts'
import { concernsWorld, needsWorldAlone } from '../grants/affinity.ts'
import type { SharedResource } from '../options/shared-resources.ts'

/** What the plans say about which tasklets may be started, in the words of the store. */
export interface StartRules {
  /** Full names of the tasks that are only pulled. */
  readonly external: readonly string[]
  /** Tasks that may have to wait for something that is granted, beside a slot. */
  readonly contended: readonly Task[]
  /** Plans with a task that runs alone in its plan. */
  readonly exclusivePlans: ReadonlySet<string>
  /** By plan, the tasks that contend for its world because they want it in different ways. */
  readonly rivals: ReadonlyMap<string, readonly Task[]>
  /** Tasks whose time limit for being granted runs from the claim, by full name. */
  readonly timed: readonly string[]
  /** Running tasklets that one group of a task may have, by full task name. */
  readonly groupLimits: Readonly<Record<string, number>>
  readonly rateLimits: readonly RateLimit[]
}

export function toStartRules(
  plans: readonly Plan[],
  shared: Readonly<Record<string, SharedResource>>,
): StartRules {
  const tasks = plans.flatMap((plan) => [...plan.tasks.values()])
  const groups = tasks.flatMap((task) =>
    task.groupConcurrency === undefined ? [] : [[nameOf(task), task.groupConcurrency] as const],
  )
  const exclusivePlans = new Set(tasks.filter(({ exclusive }) => exclusive).map(({ plan }) => plan))
  return {
    external: tasks.filter(({ external }) => external).map(nameOf),
    contended: tasks.filter((task) => exclusivePlans.has(task.plan) || mayHaveToWait(task)),
    exclusivePlans,
    rivals: new Map(plans.flatMap(rivalsOf)),
    timed: tasks.filter(({ acquireTimeout }) => acquireTimeout !== undefined).map(nameOf),
    groupLimits: Object.fromEntries(groups),
    rateLimits: [
      ...tasks.flatMap((task) => toRateLimit(`task:${nameOf(task)}`, task.limit, [task])),
      ...plans.flatMap(ownResourceLimits),
      ...sharedResourceLimits(plans, shared),
    ],
  }
}

function mayHaveToWait(task: Task): boolean {
  const { maxInstances, resources } = task
  return concernsWorld(task) || maxInstances !== undefined || Object.keys(resources).length > 0
}

function rivalsOf(plan: Plan): readonly (readonly [string, readonly Task[]])[] {
  const tasks = [...plan.tasks.values()].filter((task) => concernsWorld(task) && !task.external)
  const wishes = tasks.map((task) => `${needsWorldAlone(task)} ${task.requires.join('|')}`)
  return new Set(wishes).size > 1 ? [[plan.name, tasks]] : []
}

function ownResourceLimits(plan: Plan): readonly RateLimit[] {
  return Object.entries(plan.resourceLimits).flatMap(([name, limit]) => {
    const users = [...plan.tasks.values()].filter((task) => Object.hasOwn(task.resources, name))
    return toRateLimit(`resource:${plan.name}/${name}`, limit, users)
  })
}

/** A plan that declares a resource of the same name means its own. */
function sharedResourceLimits(
  plans: readonly Plan[],
  shared: Readonly<Record<string, SharedResource>>,
): readonly RateLimit[] {
  return Object.entries(shared).flatMap(([name, { limit }]) => {
    const users = plans
      .filter((plan) => !Object.hasOwn(plan.resources, name))
      .flatMap((plan) => [...plan.tasks.values()])
      .filter((task) => Object.hasOwn(task.resources, name))
    return toRateLimit(`resource:${name}`, limit, users)
  })
}

function toRateLimit(
  key: string,
  limit: StartLimit | undefined,
  tasks: readonly Task[],
): readonly RateLimit[] {
  if (limit === undefined || tasks.length === 0) return []
  return [{ key, ...limit, tasks: tasks.map(nameOf) }]
}

function nameOf({ plan, name }: Task): string {
  return fullTaskName({ plan, task: name })
}
