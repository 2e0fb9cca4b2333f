import { z } from 'zod'
import type { EdgeCosts } from '../../planning/edge-costs.ts'
import type { EdgeStatistics, Observation } from '../../planning/learning.ts'
import { learn, toEdgeCosts } from '../../planning/learning.ts'
import type { Store } from '../../ports/store.ts'
import type { Fact } from '../../ports/store-messages.ts'
import { FactWriter } from './fact-writer.ts'

export interface LearnedCostsServices {
  readonly store: Pick<Store, 'fact' | 'facts' | 'writeFact'>
  /** False: nothing is noted, and edges cost what they declare. */
  readonly learning: boolean
  /** The declared cost of each edge of a plan, by key; undefined for a plan without a machine. */
  edges(plan: string): ReadonlyMap<string, number> | undefined
  failed(error: unknown): void
}

interface Noted extends Observation {
  readonly key: string
}

interface PlanCosts {
  readonly writer: FactWriter
  /** As the store had it when it was last read or written. */
  stored: ReadonlyMap<string, EdgeStatistics>
  /** What is not yet in the store. */
  pending: Noted[]
  /** Both together. */
  statistics: Map<string, EdgeStatistics>
  costs: EdgeCosts | undefined
}

const KIND = 'edge-costs'
/** A store that takes nothing for so long loses the oldest. */
const MOST_PENDING = 10_000

const Count = z.number().min(0)
const Value = z.object({
  version: z.literal(1),
  edges: z.record(
    z.string(),
    z.object({
      runs: Count,
      failures: Count,
      recentRuns: Count,
      recentFailures: Count,
      duration: Count.optional(),
    }),
  ),
})

/**
 * What taking the edges of the plans' worlds was seen to cost. Kept in the store, where several
 * processes add to the same statistics: what another one wrote is read, and added to, when a write
 * meets it.
 */
export class LearnedCosts {
  readonly #services: LearnedCostsServices
  readonly #plans = new Map<string, PlanCosts>()

  constructor(services: LearnedCostsServices) {
    this.#services = services
  }

  /** Reads what was learned before. */
  async load(): Promise<void> {
    if (!this.#services.learning) return
    for (const fact of await this.#services.store.facts(KIND)) {
      const costs = this.#of(fact.key)
      costs.writer.read(fact)
      this.#take(costs, fact)
    }
  }

  /** Counts at once; the store is told in the background, of several notes together. */
  note(plan: string, key: string, { ok, duration }: Observation): void {
    if (!this.#services.learning) return
    const costs = this.#of(plan)
    costs.pending.push({ key, ok, duration })
    if (costs.pending.length > MOST_PENDING) costs.pending.shift()
    costs.statistics.set(key, learn(costs.statistics.get(key), { ok, duration }))
    costs.costs = undefined
    costs.writer.changed()
  }

  /** Undefined when nothing was learned: edges then cost what they declare. */
  costs(plan: string): EdgeCosts | undefined {
    const known = this.#plans.get(plan)
    if (known === undefined || known.statistics.size === 0) return undefined
    known.costs ??= toEdgeCosts(observedEdges(this.#edges(plan), known.statistics))
    return known.costs
  }

  /** What was seen of each edge, by its key. */
  statistics(plan: string): ReadonlyMap<string, EdgeStatistics> {
    return this.#plans.get(plan)?.statistics ?? new Map()
  }

  /** The plan has other edges now: what is known of those that it keeps goes on counting. */
  replaced(plan: string): void {
    const known = this.#plans.get(plan)
    if (known === undefined) return
    known.stored = observedKeys(this.#edges(plan), known.stored)
    known.statistics = fold(known.stored, known.pending)
    known.costs = undefined
  }

  /** Writes what is not yet written. */
  async close(): Promise<void> {
    for (const { writer } of this.#plans.values()) await writer.close()
  }

  #of(plan: string): PlanCosts {
    const known = this.#plans.get(plan)
    if (known !== undefined) return known
    const costs: PlanCosts = {
      writer: this.#toWriter(plan, () => costs),
      ...{ stored: new Map(), pending: [], statistics: new Map(), costs: undefined },
    }
    this.#plans.set(plan, costs)
    return costs
  }

  #toWriter(plan: string, costsOf: () => PlanCosts): FactWriter {
    const { store, failed } = this.#services
    let told: readonly Noted[] = []
    return new FactWriter(
      store,
      { kind: KIND, key: plan },
      {
        value: () => {
          const { stored, pending } = costsOf()
          told = [...pending]
          const edges = observedKeys(this.#edges(plan), fold(stored, told))
          return { version: 1, edges: Object.fromEntries(edges) }
        },
        met: (fact) => {
          this.#take(costsOf(), fact)
          return 'ours'
        },
        written: (fact) => {
          const costs = costsOf()
          // The oldest of what was told may have been dropped in the meantime.
          const written = new Set(told)
          costs.pending = costs.pending.filter((noted) => !written.has(noted))
          this.#take(costs, fact)
        },
        failed,
      },
    )
  }

  #edges(plan: string): ReadonlyMap<string, number> {
    return this.#services.edges(plan) ?? new Map()
  }

  #take(costs: PlanCosts, fact: Fact): void {
    const parsed = Value.safeParse(fact.value)
    if (!parsed.success) this.#services.failed(parsed.error)
    const edges = parsed.success ? Object.entries(parsed.data.edges) : []
    costs.stored = observedKeys(this.#edges(fact.key), new Map(edges))
    costs.statistics = fold(costs.stored, costs.pending)
    costs.costs = undefined
  }
}

function fold(stored: ReadonlyMap<string, EdgeStatistics>, notes: readonly Noted[]) {
  const statistics = new Map(stored)
  for (const { key, ...seen } of notes) statistics.set(key, learn(statistics.get(key), seen))
  return statistics
}

/** Without the edges that the plan no longer has. */
function observedKeys(
  declared: ReadonlyMap<string, number>,
  statistics: ReadonlyMap<string, EdgeStatistics>,
): ReadonlyMap<string, EdgeStatistics> {
  return new Map([...statistics].filter(([key]) => declared.has(key)))
}

/** By name, so that costs depend on what was seen and not on which edge was seen first. */
function observedEdges(
  declared: ReadonlyMap<string, number>,
  statistics: ReadonlyMap<string, EdgeStatistics>,
) {
  const names = [...observedKeys(declared, statistics).keys()].sort()
  return new Map(
    names.flatMap((key) => {
      const stats = statistics.get(key)
      return stats === undefined
        ? []
        : [[key, { declared: declared.get(key) ?? 0, stats }] as const]
    }),
  )
}
