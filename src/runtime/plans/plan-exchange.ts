import type { Plan } from '../../plan/model.ts'
import type { Registry } from './registry.ts'

/** Something that is made from a plan. */
export interface PlanFollower {
  /** The version is the current one from now on; `previous` is undefined when the plan is new. */
  replace(plan: Plan, previous: Plan | undefined): void
}

export interface ExchangeServices {
  readonly registry: Registry
  readonly followers: readonly PlanFollower[]
  /** The version counts. */
  replaced(plan: Plan, previous: Plan | undefined): void
}

/** Makes another version of a plan the current one, in one step that nothing comes between. */
export class PlanExchange {
  readonly #services: ExchangeServices

  constructor(services: ExchangeServices) {
    this.#services = services
  }

  replace(plan: Plan): void {
    const { registry, followers, replaced } = this.#services
    const previous = registry.plan(plan.name)
    if (previous === plan) return
    // Not retired before everybody has turned away from it.
    if (previous !== undefined) registry.versions.hold(previous, this)
    registry.replace(plan)
    for (const follower of followers) follower.replace(plan, previous)
    replaced(plan, previous)
    if (previous !== undefined) registry.versions.letGo(previous, this)
  }
}
