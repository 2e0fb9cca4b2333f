import { type ErrorRecord, RetryLater } from '../../core/errors.ts'
import type { Log } from '../../plan/handler.ts'
import type { Plan } from '../../plan/model.ts'
import type { PathStep } from '../../planning/planner.ts'
import type { Clock } from '../../ports/clock.ts'
import { runBounded } from '../bounded.ts'
import type { Delivery, Outcome } from '../deliveries/delivery.ts'
import { toTransitionAttributes } from '../deliveries/delivery-trace.ts'
import { type OutcomeRules, stopped, threw, unprepared } from '../deliveries/outcomes.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Grants } from '../grants/grants.ts'
import type { SharedGrants } from '../grants/shared-grants.ts'
import { logFieldsOf } from '../log.ts'
import type { LiveWorld } from './live-world.ts'
import { Preparation, type PreparationLimits, type Prepared } from './preparation.ts'
import { type Transitions, toSummary } from './transitions.ts'

export interface PreparationServices {
  readonly clock: Clock
  readonly worlds: { ofDelivery(delivery: Delivery): LiveWorld | undefined }
  readonly grants: Pick<Grants, 'shared'>
  readonly shared: Pick<SharedGrants, 'share' | 'distrust'>
  readonly bus: EventBus
  readonly rules: OutcomeRules
  readonly transitions: Transitions
  readonly limits: PreparationLimits
  readonly grace: number
  log(fields: Record<string, unknown>): Log
}

/** The path of the one transition that is under way in a preparation. */
const TRANSITION = 'transition'

/** Milliseconds until a tasklet that found the world elsewhere than others hold it asks again. */
const REJOIN_DELAY = 1000

/** Brings the world into the state that a delivery's tasklet requires, under its state lease. */
export class Preparations {
  readonly #services: PreparationServices

  constructor(services: PreparationServices) {
    this.#services = services
  }

  /** Undefined when the world is ready; otherwise how the delivery ends. */
  async prepare(delivery: Delivery): Promise<Outcome | undefined> {
    const { worlds, grants } = this.#services
    const { plan: planName, requires } = delivery.tasklet
    const live = worlds.ofDelivery(delivery)
    if (live === undefined) {
      const message = `plan "${planName}" has no machine, so ${requires.join(' or ')} cannot be reached`
      return this.#unprepared(delivery, { kind: 'planning', reason: 'unreachable', message })
    }
    const shared = grants.shared(delivery)
    return this.#bounded(delivery, (signal) =>
      shared === undefined
        ? this.#prepareAlone(delivery, live, signal)
        : this.#join(delivery, live, shared, signal),
    )
  }

  /** The time limit of the phase, and what its passing means. */
  async #bounded(
    delivery: Delivery,
    work: (signal: AbortSignal) => Promise<Outcome | undefined>,
  ): Promise<Outcome | undefined> {
    const { clock, grace, rules } = this.#services
    try {
      const limit = this.#limit(delivery)
      return await runBounded({ clock, limit, grace, signal: delivery.signal }, work)
    } catch (error) {
      if (delivery.stopping !== undefined) return stopped(rules, delivery, delivery.stopping)
      if (!(error instanceof DOMException && error.name === 'TimeoutError')) throw error
      const message = `cannot reach ${delivery.tasklet.requires.join(' or ')}: preparation ${error.message}`
      return this.#unprepared(delivery, { kind: 'planning', reason: 'budget', message })
    }
  }

  /** What is left of the phase's time: a delivery before this one may have used some of it. */
  #limit({ prepareUntil }: Delivery): number | undefined {
    return prepareUntil && Math.max(0, prepareUntil - this.#services.clock.now())
  }

  async #prepareAlone(
    delivery: Delivery,
    live: LiveWorld,
    signal: AbortSignal,
  ): Promise<Outcome | undefined> {
    const prepared = await this.#run(delivery, live, signal)
    delivery.trail = prepared.trail
    if (prepared.error !== undefined) return this.#unprepared(delivery, prepared.error)
    const { shared, rules } = this.#services
    const isShared = await shared.share(delivery, prepared.states)
    live.used()
    if (isShared) return undefined
    const message = 'the lease was lost while the world was prepared'
    return stopped(rules, delivery, { kind: 'lease-lost', message })
  }

  /**
   * Others hold the world in the required state. It is asked whether it is still there; if not, it
   * cannot be moved under their hands: this tasklet waits, and nobody else joins them.
   */
  async #join(
    delivery: Delivery,
    live: LiveWorld,
    shared: readonly string[],
    signal: AbortSignal,
  ): Promise<Outcome | undefined> {
    const { log, rules } = this.#services
    const { requires, event } = delivery.tasklet
    delivery.trail = { from: shared.join(' & '), target: requires.join(' | '), steps: [] }
    const asking = { signal, log: log(logFieldsOf(delivery.tasklet)), cause: event?.lineage }
    if (live.believed() !== undefined || (await live.holds(requires, asking))) {
      live.used()
      return undefined
    }
    this.#services.shared.distrust(delivery)
    const message = `the world is not in ${requires.join(' or ')} any more, and others still rely on it`
    return threw(rules, delivery, new RetryLater(REJOIN_DELAY, message))
  }

  #unprepared(delivery: Delivery, error: ErrorRecord): Outcome {
    return unprepared(this.#services.rules, delivery, error)
  }

  #run(delivery: Delivery, live: LiveWorld, signal: AbortSignal): Promise<Prepared> {
    const { clock, bus, limits, log } = this.#services
    const { tasklet, actor } = delivery
    const { id: taskletId, requires, plan, event } = tasklet
    const origin = { cause: event?.lineage }
    if (actor === undefined) throw new TypeError(`tasklet ${taskletId} has no actor to prepare it`)
    const preparation = new Preparation(requires, {
      clock,
      world: live,
      log: log(logFieldsOf(tasklet)),
      limits,
      signal,
      ...origin,
      move: (step) => this.#move(delivery, live.plan, step, signal),
      detected: (states) => {
        delivery.trace?.note('world.detected', { 'setpoint.states': states.join(' & ') })
        bus.emit('world.detected', { taskletId, plan, states }, origin)
      },
      planned: ({ path, cost, from, duration }) => {
        const target = requires.join(' | ')
        const steps = path.map(toSummary)
        notePath(delivery, { from, target, cost, steps: steps.length })
        const found = { taskletId, plan, from, target, cost, duration, steps }
        bus.emit('path.found', found, origin)
      },
      tried: (step) => {
        delivery.trace?.close(TRANSITION, step.outcome, step.message)
        bus.emit('transition.ended', { taskletId, plan, step }, origin)
      },
    })
    return preparation.run(actor)
  }

  #move(delivery: Delivery, plan: Plan, step: PathStep, signal: AbortSignal): Promise<void> {
    const take = () => this.#services.transitions.take(delivery, plan, step, signal)
    const { trace } = delivery
    if (trace === undefined) return take()
    return trace
      .open(TRANSITION, `transition ${step.event}`, toTransitionAttributes(step))
      .run(take)
  }
}

function notePath(
  { trace }: Delivery,
  found: { from: string; target: string; cost: number; steps: number },
): void {
  trace?.note('path.found', {
    'setpoint.path.from': found.from,
    'setpoint.path.target': found.target,
    'setpoint.path.cost': found.cost,
    'setpoint.path.steps': found.steps,
  })
}
