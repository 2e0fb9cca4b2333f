import { InputError } from '../../core/errors.ts'
import type { Plan, Task, World } from '../../plan/model.ts'
import { createPlanner, type Planner, type PlannerOptions } from '../../planning/planner.ts'
import type { Pool } from '../grants/resource-pools.ts'
import type { Settings } from '../options/options.ts'
import type { SharedResource } from '../options/shared-resources.ts'
import { type StartRules, toStartRules } from './start-rules.ts'

/** The task that only moves the world: `goTo` submits it with the state as its requirement. */
export const GO_TO = '$go-to'

/** The plans of a runtime, and what can be looked up in them. */
export class Registry {
  readonly #plans = new Map<string, Plan>()
  readonly #planners = new WeakMap<World, Planner>()
  readonly #shared: Readonly<Record<string, SharedResource>>
  readonly #rules: StartRules
  readonly #planning: PlannerOptions

  /** `shared`: resources that all plans draw on together. */
  constructor(
    plans: readonly Plan[],
    shared: Readonly<Record<string, SharedResource>>,
    planning: PlannerOptions = {},
  ) {
    this.#planning = planning
    for (const plan of plans) this.#plans.set(plan.name, plan)
    this.#shared = shared
    this.#rules = toStartRules(plans, shared)
  }

  /** What every claim has to keep to. */
  get rules(): StartRules {
    return this.#rules
  }

  get plans(): readonly Plan[] {
    return [...this.#plans.values()]
  }

  get planNames(): readonly string[] {
    return [...this.#plans.keys()]
  }

  plan(name: string): Plan | undefined {
    return this.#plans.get(name)
  }

  /** @throws {InputError} that names the plans there are. */
  requirePlan(name: string): Plan {
    const plan = this.#plans.get(name)
    if (plan !== undefined) return plan
    throw new InputError(`there is no plan "${name}"; ${listNames('the plans', this.planNames)}`)
  }

  task(plan: string, name: string): Task | undefined {
    return this.#plans.get(plan)?.tasks.get(name) ?? (name === GO_TO ? goTo(plan) : undefined)
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
    const own = this.#plans.get(plan)?.resources[resource]
    if (own !== undefined) return { key: `${plan}/${resource}`, capacity: own }
    return { key: resource, capacity: this.#shared[resource]?.capacity ?? 0 }
  }

  /** Units by resource name that moving the world of a plan may take. */
  transitionUnits(plan: string): Readonly<Record<string, number>> {
    return this.#plans.get(plan)?.transitionUnits ?? NO_UNITS
  }
}

export function createRegistry(plans: readonly Plan[], settings: Settings): Registry {
  const { clock, resources, searchTime: timeBudget } = settings
  return new Registry(plans, resources, { clock, timeBudget })
}

const NO_UNITS: Readonly<Record<string, number>> = {}

function listNames(what: string, names: readonly string[]): string {
  return names.length === 0 ? `${what}: none` : `${what}: ${names.join(', ')}`
}

function goTo(plan: string): Task {
  return {
    plan,
    name: GO_TO,
    title: 'Bring the world into a state',
    external: false,
    run: () => undefined,
    steps: undefined,
    mode: 'async',
    module: undefined,
    memory: undefined,
    input: undefined,
    output: undefined,
    requires: [],
    leaves: undefined,
    disturbs: false,
    exclusive: false,
    maxInstances: undefined,
    resources: {},
    timeout: undefined,
    acquireTimeout: undefined,
    prepareTimeout: undefined,
    expiresAfter: undefined,
    retry: {
      attempts: 1,
      backoff: { type: 'fixed', delay: 0 },
      except: [],
      onPlanning: false,
    },
    limit: undefined,
    groupConcurrency: undefined,
    priority: undefined,
    queue: undefined,
    tags: [],
  }
}
