import { InputError } from '../core/errors.ts'
import type { Log, Plan, World } from '../plan/model.ts'
import type { Detection } from '../planning/detect.ts'
import type { Planner, Verdict } from '../planning/planner.ts'
import type { Clock } from '../ports/clock.ts'
import type { TaskletHandle } from './handle.ts'
import { WorldAccess } from './world-access.ts'

export interface PlanServices {
  readonly clock: Clock
  readonly log: Log
  planner(world: World): Planner
  /** Submits the tasklet that brings the world of the plan into the state. */
  goTo(plan: Plan, target: string): Promise<TaskletHandle>
}

/** What can be asked and done about the world of one plan. */
export class PlanAccess {
  readonly name: string
  readonly version: string
  readonly #plan: Plan
  readonly #services: PlanServices

  constructor(plan: Plan, services: PlanServices) {
    this.name = plan.name
    this.version = plan.version
    this.#plan = plan
    this.#services = services
  }

  /** Asks the checks where the world is. */
  state(): Promise<Detection> {
    const { clock, log } = this.#services
    return new WorldAccess(this.#plan, this.#world(), clock, log).detect(undefined)
  }

  /**
   * The cheapest path to a state, from the given one or from where the world is now.
   * @throws {InputError} for a state that the machine does not have, or when no check says where the
   * world is.
   */
  async path(target: string, options: { readonly from?: string } = {}): Promise<Verdict> {
    const world = this.#world()
    for (const path of [target, options.from ?? target]) this.#requireState(world, path)
    const from = options.from === undefined ? await this.#detected() : [options.from]
    return this.#services.planner(world).findPath({ from, targets: [target] })
  }

  /** Brings the world into the state, as a tasklet of its own. */
  goTo(target: string): Promise<TaskletHandle> {
    this.#requireState(this.#world(), target)
    return this.#services.goTo(this.#plan, target)
  }

  async #detected(): Promise<readonly string[]> {
    const detection = await this.state()
    if (detection.outcome === 'detected') return detection.states
    throw new InputError(
      `the checks of plan "${this.name}" do not say where the world is (${detection.outcome}): name a state to start from`,
    )
  }

  #world(): World {
    if (this.#plan.world !== undefined) return this.#plan.world
    throw new InputError(`plan "${this.name}" has no machine`)
  }

  #requireState(world: World, path: string): void {
    if (world.states.has(path)) return
    const states = [...world.states.keys()].join(', ')
    throw new InputError(`plan "${this.name}" has no state "${path}"; its states: ${states}`)
  }
}
