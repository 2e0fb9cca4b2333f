import type { Resident } from '../../../machines/scheduler.ts'
import type { Log } from '../../plan/handler.ts'
import type { Plan } from '../../plan/model.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Twin } from './twin.ts'
import { TwinVersions } from './twin-versions.ts'

export interface TwinsServices {
  readonly clock: Clock
  readonly log: Log
  readonly bus: Pick<EventBus, 'emit'>
  readonly store: Pick<Store, 'fact' | 'facts' | 'writeFact'>
  /** Something could not be written down, or a machine threw where no supervisor saw it. */
  failed(error: unknown): void
}

const KIND = 'twin'

/** The twins of all plans that have a world, and what is kept of them. */
export class Twins {
  readonly #services: TwinsServices
  readonly #plans = new Map<string, TwinVersions>()

  constructor(plans: readonly Plan[], services: TwinsServices) {
    this.#services = services
    for (const plan of plans) this.replace(plan)
  }

  /** Undefined for a plan without a world. */
  get(plan: string): Twin | undefined {
    return this.#plans.get(plan)?.current
  }

  /** The twin of one version; undefined for one without a world, or one that is retired. */
  of(plan: Plan): Twin | undefined {
    return this.#plans.get(plan.name)?.of(plan)
  }

  /** What the scheduler keeps alive, of one plan or of all. */
  residents(plan?: string): readonly Resident[] {
    const twins = plan === undefined ? [...this.#plans.values()] : [this.#plans.get(plan)]
    return twins.flatMap((versions) => {
      const twin = versions?.current
      if (twin === undefined) return []
      return [{ id: residentId(twin.plan), logic: twin.logic, servesRunningWork: true }]
    })
  }

  /** From now on the version is the current one of its plan, or the plan is new. */
  replace(plan: Plan): void {
    if (!this.#plans.has(plan.name)) {
      if (plan.world === undefined) return
      this.#plans.set(plan.name, this.#createVersions(plan.name))
    }
    this.#plans.get(plan.name)?.replace(plan)
  }

  /** Nothing runs with the version any more. */
  retire(plan: Plan): void {
    this.#plans.get(plan.name)?.retire(plan)
  }

  /** Takes up what was believed before this process. Before the actors are there. */
  async restore(): Promise<void> {
    for (const fact of await this.#services.store.facts(KIND)) {
      const refusal = this.#plans.get(fact.key)?.restore(fact)
      if (refusal === undefined) continue
      const message = 'what was believed about the world of a plan is not taken up'
      this.#services.log.info(message, { plan: fact.key, reason: refusal })
    }
  }

  /** Whether another process has told of the world of a plan since this one did: it is heard. */
  async visit(plan: string, marking: boolean): Promise<boolean> {
    return (await this.#plans.get(plan)?.visit(marking)) ?? false
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    await Promise.all([...this.#plans.values()].map((versions) => versions.close()))
  }

  #createVersions(plan: string): TwinVersions {
    const { clock, bus, store, failed } = this.#services
    return new TwinVersions(plan, {
      clock,
      store,
      failed,
      changed: (belief, cause) => {
        const { states = [], source = 'disturbed' } = belief ?? {}
        bus.emit('belief.changed', { plan, states, source }, { cause })
      },
    })
  }
}

/** The id of the actor that is the twin of a plan. */
function residentId(plan: string): string {
  return `twin:${plan}`
}
