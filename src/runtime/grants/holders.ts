import type { Delivery } from '../deliveries/delivery.ts'

/** Who holds a grant, by plan. */
export class Holders {
  readonly #byPlan = new Map<string, Set<Delivery>>()

  add(delivery: Delivery): void {
    const { plan } = delivery.tasklet
    const holders = this.#byPlan.get(plan)
    if (holders === undefined) this.#byPlan.set(plan, new Set([delivery]))
    else holders.add(delivery)
  }

  remove(delivery: Delivery): void {
    this.#byPlan.get(delivery.tasklet.plan)?.delete(delivery)
  }

  /** Undefined: of all plans. */
  of(plan: string | undefined): readonly Delivery[] {
    if (plan !== undefined) return [...(this.#byPlan.get(plan) ?? [])]
    return [...this.#byPlan.values()].flatMap((holders) => [...holders])
  }
}
