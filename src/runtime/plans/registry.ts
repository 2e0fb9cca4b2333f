import { InputError } from '../../core/errors.ts'
import type { Plan, Task, World } from '../../plan/model.ts'
import { createPlanner, type Planner, type PlannerOptions } from '../../planning/planner.ts'
import type { Pool } from '../grants/resource-pools.ts'
import type { Settings } from '../options/options.ts'
import type { SharedResource } from '../options/shared-resources.ts'
import { GO_TO, goTo } from './go-to.ts'
import { type StartRules, toStartRules } from './start-rules.ts'
import { Versions } from './versions.ts'

/** The plans of a runtime, and what can be looked up in them: in their current versions. */
export class Registry {
  readonly versions: Versions
  readonly #planners = new WeakMap<World, Planner>()
  readonly #shared: Readonly<Record<string, SharedResource>>
  #rules: StartRules
  readonly #planning: PlannerOptions

  /** `shared`: resources that all plans draw on together. */
  constructor(
    plans: readonly Plan[],
    shared: Readonly<Record<string, SharedResource>>,
    planning: PlannerOptions = {},
  ) {
    this.#planning = planning
    this.versions = new Versions(plans)
    this.#shared = shared
    this.#rules = toStartRules(plans, shared)
  }

  /** What every claim has to keep to. */
  get rules(): StartRules {
    return this.#rules
  }

  get plans(): readonly Plan[] {
    return this.versions.current
  }

  get planNames(): readonly string[] {
    return this.plans.map(({ name }) => name)
  }

  plan(name: string): Plan | undefined {
    return this.versions.get(name)
  }

  /** @throws {InputError} that names the plans there are. */
  requirePlan(name: string): Plan {
    const plan = this.versions.get(name)
    if (plan !== undefined) return plan
    throw new InputError(`there is no plan "${name}"; ${listNames('the plans', this.planNames)}`)
  }

  task(plan: string, name: string): Task | undefined {
    return this.versions.get(plan)?.tasks.get(name) ?? (name === GO_TO ? goTo(plan) : undefined)
  }

  /** From now on the version is the current one of its plan, or the plan is new. */
  replace(plan: Plan): void {
    this.versions.replace(plan)
    this.#rules = toStartRules(this.plans, this.#shared)
  }

  /** A version of the plan that counts still has tasks that run alone in it. */
  hasExclusive(plan: string): boolean {
    return (
      this.#rules.exclusivePlans.has(plan) ||
      this.versions.older(plan).some(({ tasks }) => [...tasks.values()].some(isExclusive))
    )
  }

  /**
   * The task with the full name `plan/task`.
   * @throws {InputError} that names what there is instead.
   */
  requireTask(fullName: string): Task {
    const slash = fullName.indexOf('/')
    if (slash < 1) throw new InputError(`"${fullName}" is not of the form plan/task`)
    const plan = this.requirePlan(fullName.slice(0, slash))
    const name = fullName.slice(slash + 1)
    const task = this.task(plan.name, name)
    if (task !== undefined) return task
    const tasks = listNames('its tasks', [...plan.tasks.keys()])
    throw new InputError(`plan "${plan.name}" has no task "${name}"; ${tasks}`)
  }

  planner(world: World): Planner {
    const known = this.#planners.get(world)
    if (known !== undefined) return known
    const planner = createPlanner(world, this.#planning)
    this.#planners.set(world, planner)
    return planner
  }

  pool(plan: string, resource: string): Pool {
    const own = this.versions.get(plan)?.resources[resource]
    if (own !== undefined) return { key: `${plan}/${resource}`, capacity: own }
    return { key: resource, capacity: this.#shared[resource]?.capacity ?? 0 }
  }

  /** Units by resource name that moving the world of a plan may take. */
  transitionUnits(plan: string): Readonly<Record<string, number>> {
    return this.versions.get(plan)?.transitionUnits ?? NO_UNITS
  }
}

export function createRegistry(plans: readonly Plan[], settings: Settings): Registry {
  const { clock, resources, searchTime: timeBudget } = settings
  return new Registry(plans, resources, { clock, timeBudget })
}

function isExclusive({ exclusive }: Task): boolean {
  return exclusive
}

const NO_UNITS: Readonly<Record<string, number>> = {}

function listNames(what: string, names: readonly string[]): string {
  return names.length === 0 ? `${what}: none` : `${what}: ${names.join(', ')}`
}
