import type { AnyActorRef, EventObject } from 'xstate'
import { InputError } from '../../core/errors.ts'
import type { Plan } from '../../plan/model.ts'
import type { Detection } from '../../planning/detect.ts'
import type { Verdict } from '../../planning/planner.ts'
import type { TaskletHandle } from '../intake/handle.ts'
import type { Belief } from '../twins/belief.ts'
import type { LiveWorld } from '../worlds/live-world.ts'

export interface PlanServices {
  /** Undefined for a plan without a machine. */
  readonly live: LiveWorld | undefined
  /** Something else is believed of the world than before. */
  believedAnew(): void
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

  /**
   * The twin: the plan's own machine in the state that the world is believed to be in. Undefined
   * while the runtime does not run.
   */
  get actor(): AnyActorRef | undefined {
    return this.#live().twin.actor
  }

  /** Asks the checks where the world is. */
  state(): Promise<Detection> {
    return this.#live().detect([])
  }

  /** Where the world is believed to be, since when and why; asks nobody. */
  belief(): Belief | undefined {
    return this.#live().twin.belief()
  }

  /**
   * Tells the twin what happened outside, such as what a sensor or a webhook says.
   * @throws {InputError} for an event that the machine nowhere takes.
   */
  send(event: EventObject): void {
    this.#live().twin.send(event)
    this.#services.believedAnew()
  }

  /**
   * The cheapest path to a state, from the given one or from where the world is now.
   * @throws {InputError} for a state that the machine does not have, or when no check says where the
   * world is.
   */
  async path(target: string, options: { readonly from?: string } = {}): Promise<Verdict> {
    const live = this.#live()
    for (const path of [target, options.from ?? target]) this.#requireState(live, path)
    const from = options.from === undefined ? await this.#detected(target) : [options.from]
    return live.findPath({ from, targets: [target] })
  }

  /** Brings the world into the state, as a tasklet of its own. */
  goTo(target: string): Promise<TaskletHandle> {
    this.#requireState(this.#live(), target)
    return this.#services.goTo(this.#plan, target)
  }

  async #detected(target: string): Promise<readonly string[]> {
    const detection = await this.#live().detect([target])
    if (detection.outcome === 'detected') return detection.states
    throw new InputError(
      `the checks of plan "${this.name}" do not say where the world is (${detection.outcome}): name a state to start from`,
    )
  }

  #live(): LiveWorld {
    if (this.#services.live !== undefined) return this.#services.live
    throw new InputError(`plan "${this.name}" has no machine`)
  }

  #requireState({ world }: LiveWorld, path: string): void {
    if (world.states.has(path)) return
    const states = [...world.states.keys()].join(', ')
    throw new InputError(`plan "${this.name}" has no state "${path}"; its states: ${states}`)
  }
}
