import type { Resident } from '../../../machines/scheduler.ts'
import type { Log } from '../../plan/handler.ts'
import type { Plan } from '../../plan/model.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import type { EventBus } from '../events/event-bus.ts'
import { needsWorldAlone } from '../grants/affinity.ts'
import type { Settings } from '../options/options.ts'
import type { Registry } from '../plans/registry.ts'
import type { Reports } from '../reports.ts'
import { Twins } from '../twins/twins.ts'
import { LearnedCosts } from './learned-costs.ts'
import { LiveWorld, type WorldUse } from './live-world.ts'

interface WorldParts {
  readonly clock: Clock
  readonly store: Store
  readonly bus: EventBus
  readonly registry: Registry
  readonly settings: Settings
  readonly reports: Reports
}

/** The worlds with their twins and learned costs, over the parts of an engine. */
export function createWorlds({ registry, settings, reports, ...parts }: WorldParts): Worlds {
  const { logger: log, learning, freshness } = settings
  const twins = new Twins(registry.plans, {
    ...parts,
    log,
    failed: (error) => reports.storeFailed('keep what is believed of a world', error),
  })
  const learned = new LearnedCosts({
    store: parts.store,
    learning,
    edges: (plan) => {
      const world = registry.plan(plan)?.world
      return world === undefined ? undefined : registry.planner(world).edges()
    },
    failed: (error) => reports.storeFailed('keep learned costs', error),
  })
  return new Worlds({ clock: parts.clock, log, registry, twins, learned, freshness })
}

export interface WorldServices {
  readonly clock: Clock
  readonly log: Log
  readonly registry: Registry
  readonly twins: Twins
  readonly learned: LearnedCosts
  /** Milliseconds that what was seen is believed without asking again. */
  readonly freshness: number
}

/** The worlds of a runtime's plans, as each version that still runs deals with them. */
export class Worlds {
  readonly #services: WorldServices
  readonly #live = new Map<Plan, LiveWorld>()
  readonly #uses = new Map<string, WorldUse>()

  constructor(services: WorldServices) {
    this.#services = services
    for (const plan of services.registry.plans) this.#add(plan)
  }

  /** As the current version of the plan has it; undefined for one without a machine. */
  of(plan: string): LiveWorld | undefined {
    const current = this.#services.registry.plan(plan)
    return current && this.#live.get(current)
  }

  /** As the version that the delivery runs with has it. */
  ofDelivery({ plan, tasklet }: Pick<Delivery, 'plan' | 'tasklet'>): LiveWorld | undefined {
    return plan === undefined ? this.of(tasklet.plan) : this.#live.get(plan)
  }

  /** Where the world of a plan is believed to be, however long ago that was learned. */
  believed(plan: string): readonly string[] | undefined {
    return this.of(plan)?.twin.belief()?.states
  }

  /**
   * A delivery has come to the world of its plan, where other processes may have been since it was
   * last seen here: beside those who rely on it, or alone, to move it. What they have learned is
   * taken over; what was seen here before them is not relied on.
   */
  async entered(delivery: Delivery, how: 'joined' | 'alone'): Promise<void> {
    const { twins } = this.#services
    const wereOthers = await twins.visit(delivery.tasklet.plan, how === 'alone')
    if (wereOthers) this.ofDelivery(delivery)?.used()
  }

  /** Other processes have left the worlds of these plans: what they have learned is taken over. */
  async left(plans: readonly string[]): Promise<void> {
    await Promise.all(plans.map((plan) => this.#services.twins.visit(plan, false)))
  }

  /** The work of a delivery is over: its task may have said what that means for the world. */
  worked(delivery: Delivery): void {
    const { task, tasklet, outcome, executingSince } = delivery
    if (task === undefined || executingSince === undefined) return
    if (tasklet.requires.length === 0 && !needsWorldAlone(task)) return
    const live = this.ofDelivery(delivery)
    if (live === undefined) return
    live.used()
    const cause = tasklet.event?.lineage
    if (task.leaves !== undefined && outcome?.status === 'completed') {
      live.twin.left(task.leaves, cause)
    } else if (needsWorldAlone(task)) live.twin.disturbed(cause)
  }

  /** What the scheduler keeps alive, of one plan or of all. */
  residents(plan?: string): readonly Resident[] {
    return this.#services.twins.residents(plan)
  }

  /** Whether the world is still where the delivery's tasklet requires it. */
  async stillHolds(delivery: Delivery): Promise<boolean> {
    const { requires, event } = delivery.tasklet
    const live = this.ofDelivery(delivery)
    if (live === undefined || requires.length === 0) return true
    return live.holds(requires, { cause: event?.lineage })
  }

  /** Takes up the current version of a plan: what is believed of the world is carried over. */
  replace(plan: Plan): void {
    const { twins, learned } = this.#services
    twins.replace(plan)
    learned.replaced(plan.name)
    this.#add(plan)
  }

  /** Nothing runs with the version any more. */
  retire(plan: Plan): void {
    this.#live.delete(plan)
    this.#services.twins.retire(plan)
  }

  /** Reads what was learned and believed before this process. */
  async restore(): Promise<void> {
    const { twins, learned } = this.#services
    await Promise.all([twins.restore(), learned.load()])
  }

  /** Writes down what is not yet. */
  async close(): Promise<void> {
    const { twins, learned } = this.#services
    await Promise.all([twins.close(), learned.close()])
  }

  #add(plan: Plan): void {
    if (plan.world === undefined) return
    const { registry, twins, ...services } = this.#services
    const twin = twins.of(plan)
    if (twin === undefined) throw new TypeError(`plan ${plan.name} has a world and no twin`)
    const planner = registry.planner(plan.world)
    const use = this.#useOf(plan.name)
    this.#live.set(plan, new LiveWorld(plan, plan.world, { ...services, planner, twin, use }))
  }

  #useOf(plan: string): WorldUse {
    const known = this.#uses.get(plan) ?? { since: false }
    this.#uses.set(plan, known)
    return known
  }
}
