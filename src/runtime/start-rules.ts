import { fullTaskName } from '../core/tasklet.ts'
import type { Plan, StartLimit, Task } from '../plan/model.ts'
import type { RateLimit } from '../ports/store-messages.ts'
import type { SharedResource } from './shared-resources.ts'

/** What the plans say about which tasklets may be started, in the words of the store. */
export interface StartRules {
  /** Full names of the tasks that are only pulled. */
  readonly external: readonly string[]
  /** Tasks that may have to wait for resources or for a state of their world. */
  readonly contended: readonly Task[]
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
  return {
    external: tasks.filter(({ external }) => external).map(nameOf),
    contended: tasks.filter(
      ({ requires, resources }) => requires.length > 0 || Object.keys(resources).length > 0,
    ),
    groupLimits: Object.fromEntries(groups),
    rateLimits: [
      ...tasks.flatMap((task) => toRateLimit(`task:${nameOf(task)}`, task.limit, [task])),
      ...plans.flatMap(ownResourceLimits),
      ...sharedResourceLimits(plans, shared),
    ],
  }
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
