import type { AnyActorRef, EventObject } from 'xstate'
import { InputError } from '../../core/errors.ts'
import { type ExportFormat, exportPlan } from '../../plan/interchange/export.ts'
import type { Plan } from '../../plan/model.ts'
import type { Detection } from '../../planning/detect.ts'
import type { Verdict } from '../../planning/planner.ts'
import type { TaskletHandle } from '../intake/handle.ts'
import type { Belief } from '../twins/belief.ts'
import type { LiveWorld } from '../worlds/live-world.ts'

export interface PlanServices {
  /** Undefined for a version without a machine. */
  live(): LiveWorld | undefined
  /** The current version. */
  plan(): Plan
  /** Something else is believed of the world than before. */
  believedAnew(): void
  /** Submits the tasklet that brings the world of the plan into the state. */
  goTo(plan: Plan, target: string): Promise<TaskletHandle>
  /** The same, or QueueFullError when its queue has no room now. */
  tryGoTo(plan: Plan, target: string): Promise<TaskletHandle>
}

/** What can be asked and done about one plan and its world, as its current version has it. */
export class PlanAccess {
  readonly name: string
  readonly #services: PlanServices

  constructor(name: string, services: PlanServices) {
    this.name = name
    this.#services = services
  }

  /** Content hash of the version that counts now. */
  get version(): string {
    return this.#services.plan().version
  }

  /**
   * The twin: the plan's own machine in the state that the world is believed to be in. Undefined
   * while the runtime does not run.
   */
  get actor(): AnyActorRef | undefined {
    return this.#live().twin.actor
  }

  /**
   * Asks the checks where the world is, those of states near the target first if one is given.
   * @throws {InputError} for a state that the machine does not have.
   */
  async state(target?: string): Promise<Detection> {
    const live = this.#live()
    if (target !== undefined) this.#requireState(live, target)
    return live.detect(target === undefined ? [] : [target])
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
   * The cheapest path to a state, from the given one, or from several that are active together, or
   * from where the world is now.
   * @throws {InputError} for a state that the machine does not have, or when no check says where the
   * world is.
   */
  async path(
    target: string,
    options: { readonly from?: string | readonly string[] } = {},
  ): Promise<Verdict> {
    const live = this.#live()
    const given = typeof options.from === 'string' ? [options.from] : options.from
    for (const path of [target, ...(given ?? [])]) this.#requireState(live, path)
    const from = given ?? (await this.#detected(target))
    return live.findPath({ from, targets: [target] })
  }

  /** Brings the world into the state, as a tasklet of its own. Waits for room in a full queue. */
  goTo(target: string): Promise<TaskletHandle> {
    this.#requireState(this.#live(), target)
    return this.#services.goTo(this.#services.plan(), target)
  }

  /** As `goTo`, but rejects with QueueFullError when the queue has no room now. */
  tryGoTo(target: string): Promise<TaskletHandle> {
    this.#requireState(this.#live(), target)
    return this.#services.tryGoTo(this.#services.plan(), target)
  }

  /**
   * The machine of the world as text, or with `task` the one that its steps are compiled to.
   * @throws {InputError} when there is no such machine.
   */
  export(format: ExportFormat, options: { readonly task?: string } = {}): string {
    return exportPlan(this.#services.plan(), format, options.task)
  }

  async #detected(target: string): Promise<readonly string[]> {
    const detection = await this.#live().detect([target])
    if (detection.outcome === 'detected') return detection.states
    throw new InputError(
      `the checks of plan "${this.name}" do not say where the world is (${detection.outcome}): name a state to start from`,
    )
  }

  #live(): LiveWorld {
    const live = this.#services.live()
    if (live !== undefined) return live
    throw new InputError(`plan "${this.name}" has no machine`)
  }

  #requireState({ world }: LiveWorld, path: string): void {
    if (world.states.has(path)) return
    const states = [...world.states.keys()].join(', ')
    throw new InputError(`plan "${this.name}" has no state "${path}"; its states: ${states}`)
  }
}
