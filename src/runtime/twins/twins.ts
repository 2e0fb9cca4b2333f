import type { Resident } from '../../../machines/scheduler.ts'
import type { Log } from '../../plan/handler.ts'
import type { Plan, World } from '../../plan/model.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { Fact } from '../../ports/store-messages.ts'
import type { EventBus } from '../event-bus.ts'
import { FactWriter } from '../worlds/fact-writer.ts'
import { Twin } from './twin.ts'
import { parseTwinRecord } from './twin-record.ts'

export interface TwinsServices {
  readonly clock: Clock
  readonly log: Log
  readonly bus: Pick<EventBus, 'emit'>
  readonly store: Pick<Store, 'facts' | 'writeFact'>
  /** Something could not be written down, or a machine threw where no supervisor saw it. */
  failed(error: unknown): void
}

interface Entry {
  readonly plan: Plan
  readonly twin: Twin
  readonly writer: FactWriter
}

const KIND = 'twin'

/** The twins of all plans that have a world, and what is kept of them. */
export class Twins {
  readonly #services: TwinsServices
  readonly #entries = new Map<string, Entry>()

  constructor(plans: readonly Plan[], services: TwinsServices) {
    this.#services = services
    for (const plan of plans) {
      if (plan.world !== undefined) this.#entries.set(plan.name, this.#toEntry(plan, plan.world))
    }
  }

  /** Undefined for a plan without a world. */
  get(plan: string): Twin | undefined {
    return this.#entries.get(plan)?.twin
  }

  /** What the scheduler keeps alive. */
  residents(): readonly Resident[] {
    return [...this.#entries.values()].map(({ twin }) => ({
      id: `twin:${twin.plan}`,
      logic: twin.logic,
      servesRunningWork: true,
    }))
  }

  /** Takes up what was believed before this process. Before the actors are there. */
  async restore(): Promise<void> {
    for (const fact of await this.#services.store.facts(KIND)) {
      const entry = this.#entries.get(fact.key)
      if (entry === undefined) continue
      entry.writer.read(fact)
      const refusal = restoreFrom(fact, entry)
      if (refusal === undefined) continue
      const message = 'what was believed about the world of a plan is not taken up'
      this.#services.log.info(message, { plan: fact.key, reason: refusal })
    }
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ writer }) => writer.close()))
    for (const { twin } of this.#entries.values()) twin.close()
  }

  #toEntry(plan: Plan, world: World): Entry {
    const { clock, bus, store, failed } = this.#services
    const twin: Twin = new Twin(plan, world, {
      clock,
      keep: () => writer.changed(),
      failed,
      changed: (belief) =>
        bus.emit('belief.changed', {
          plan: plan.name,
          states: belief?.states ?? [],
          source: belief?.source ?? 'disturbed',
        }),
    })
    const name = { kind: KIND, key: plan.name }
    const writer: FactWriter = new FactWriter(store, name, {
      value: () => twin.toRecord(),
      met(theirs) {
        const record = parseTwinRecord(theirs.value)
        const isLater = record?.planVersion === plan.version && record.at > twin.toRecord().at
        if (!isLater) return 'ours'
        twin.overtaken()
        return 'theirs'
      },
      failed,
    })
    return { plan, twin, writer }
  }
}

/** Why the fact was not taken up; undefined: it was. */
function restoreFrom({ value }: Fact, { plan, twin }: Entry): string | undefined {
  const record = parseTwinRecord(value)
  if (record === undefined) return 'it is not in a form that this version knows'
  if (record.planVersion !== plan.version) return 'the plan has changed since'
  try {
    twin.restore(record)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
