import type { Lineage } from '../../core/tasklet.ts'
import { holdsAny } from '../../core/world-states.ts'
import type { Log } from '../../plan/handler.ts'
import type { Plan, World } from '../../plan/model.ts'
import type { Detection } from '../../planning/detect.ts'
import type { PathQuestion, PathStep, Planner, Verdict } from '../../planning/planner.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Twin } from '../twins/twin.ts'
import type { LearnedCosts } from './learned-costs.ts'
import { WorldAccess } from './world-access.ts'

export interface LiveWorldServices {
  readonly clock: Clock
  readonly log: Log
  readonly planner: Planner
  readonly twin: Twin
  readonly learned: LearnedCosts
  /** Milliseconds that what was seen is believed without asking again. */
  readonly freshness: number
  readonly use: WorldUse
}

/** What the versions of one plan know of their one world together. */
export interface WorldUse {
  /** Work that relies on the world has run since it was last seen. */
  since: boolean
}

export interface Asking {
  readonly signal?: AbortSignal | undefined
  readonly log?: Log | undefined
  /** What the question came of, and so what is learned from the answer. */
  readonly cause?: Lineage | undefined
}

/** A state of this name stands for a world that no check recognises. */
const UNKNOWN = 'unknown'

/**
 * The world of one plan as the runtime deals with it: it is asked by its checks, believed through
 * its twin, and planned over with the costs that were learned.
 */
export class LiveWorld {
  readonly plan: Plan
  readonly world: World
  readonly twin: Twin
  readonly #services: LiveWorldServices

  constructor(plan: Plan, world: World, services: LiveWorldServices) {
    this.plan = plan
    this.world = world
    this.twin = services.twin
    this.#services = services
  }

  /** The plan's own name for not knowing where the world is, if it declares edges from there. */
  get unknown(): string | undefined {
    const state = this.world.states.get(UNKNOWN)
    if (state === undefined || state.check !== undefined) return undefined
    const { root } = this.world.machine
    const edges = [root, root.states[UNKNOWN]].flatMap((node) => node?.ownEvents ?? [])
    return edges.length > 0 ? UNKNOWN : undefined
  }

  /** Where the world was seen lately, with nothing run since; undefined when it has to be asked. */
  believed(): readonly string[] | undefined {
    if (this.#services.use.since) return undefined
    return this.twin.isFresh(this.#services.freshness) ? this.twin.belief()?.states : undefined
  }

  /** Work that relies on the world, or moves it, starts or has ended. */
  used(): void {
    this.#services.use.since = true
  }

  /** Asks the checks, those nearest to the targets first, and corrects the twin by the answer. */
  async detect(targets: readonly string[], asking: Asking = {}): Promise<Detection> {
    const { planner } = this.#services
    const distances = planner.distances(targets, { costs: this.#costs() })
    const order = (path: string) => distances.get(path) ?? Number.POSITIVE_INFINITY
    const detection = await this.#seeing(() => this.#access(asking).detect(order, asking.signal))
    if (detection.outcome === 'detected') {
      this.twin.observed(detection.states, detection.evidence, asking.cause)
    } else this.twin.disturbed(asking.cause)
    return detection
  }

  /** Whether the world is in one of the states, as far as nothing but their own checks can say. */
  async holds(targets: readonly string[], asking: Asking = {}): Promise<boolean> {
    const { holds, evidence } = await this.#verify(targets, asking)
    const states = this.twin.belief()?.states
    if (!holds) this.twin.disturbed(asking.cause)
    else if (states !== undefined && holdsAny(states, targets)) {
      this.twin.observed(states, evidence, asking.cause)
    }
    return holds
  }

  /** Whether the edge has led to where it leads; the twin takes it if so. */
  async arrived(step: PathStep, asking: Asking = {}): Promise<boolean> {
    const { holds } = await this.#verify([step.to], asking)
    if (holds) this.twin.moved(step.event, step.to.split(' & '), step.with, asking.cause)
    else this.used()
    return holds
  }

  findPath(question: Omit<PathQuestion, 'snapshot' | 'costs'>): Verdict {
    const snapshot = this.twin.snapshot()
    return this.#services.planner.findPath({ ...question, snapshot, costs: this.#costs() })
  }

  /** An edge was tried: what it cost is remembered, and of a failed one nobody knows where it led. */
  tried(
    step: PathStep,
    outcome: { readonly ok: boolean; readonly duration: number },
    { cause }: Asking = {},
  ): void {
    this.#services.learned.note(this.plan.name, step.key, outcome)
    if (!outcome.ok) this.twin.disturbed(cause)
  }

  #verify(targets: readonly string[], asking: Asking) {
    return this.#seeing(() => this.#access(asking).verify(targets, asking.signal))
  }

  /** What runs while it is asked counts as run since; a question cut short has seen nothing. */
  async #seeing<T>(ask: () => Promise<T>): Promise<T> {
    this.#services.use.since = false
    try {
      return await ask()
    } catch (error) {
      this.#services.use.since = true
      throw error
    }
  }

  #costs() {
    return this.#services.learned.costs(this.plan.name)
  }

  #access({ log }: Asking): WorldAccess {
    const { clock, log: ownLog } = this.#services
    return new WorldAccess(this.plan, this.world, clock, log ?? ownLog)
  }
}
