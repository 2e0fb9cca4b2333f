import type { Tasklet } from '../../core/tasklet.ts'
import type { Interrupt, Plan } from '../../plan/model.ts'

/**
 * The versions of the plans: the current one of each, and older ones for as long as somebody holds
 * them. A version that nobody holds and that is not current is retired, and nothing here knows it
 * any more.
 */
export class Versions {
  readonly #current = new Map<string, Plan>()
  /** INVARIANT: no set is empty. */
  readonly #holders = new Map<Plan, Set<object>>()
  /** Those of the held ones that are not current. */
  readonly #older = new Set<Plan>()
  /** By tasklet id: what does not run with the current version when its turn comes. */
  readonly #kept = new Map<string, Plan>()
  #retired: (plan: Plan) => void = () => {}

  constructor(plans: readonly Plan[]) {
    for (const plan of plans) this.#current.set(plan.name, plan)
  }

  get current(): readonly Plan[] {
    return [...this.#current.values()]
  }

  /** The current version. */
  get(name: string): Plan | undefined {
    return this.#current.get(name)
  }

  isCurrent(plan: Plan): boolean {
    return this.#current.get(plan.name) === plan
  }

  /** Versions of the plan that are held and not current. */
  older(name: string): readonly Plan[] {
    if (this.#older.size === 0) return NONE
    return [...this.#older].filter((plan) => plan.name === name)
  }

  /** The version with which a tasklet starts now. */
  versionFor({ id, plan }: Pick<Tasklet, 'id' | 'plan'>): Plan | undefined {
    return this.#kept.get(id) ?? this.#current.get(plan)
  }

  /** The version that declares this very rule. */
  declaring(rule: Interrupt): Plan | undefined {
    const versions = [this.#current.get(rule.plan), ...this.older(rule.plan)]
    return versions.find((plan) => plan?.interrupts.includes(rule))
  }

  /** The tasklet runs with this version, if that is still held when its turn comes. */
  keepFor(id: string, plan: Plan): void {
    this.#kept.set(id, plan)
  }

  /** The version is not retired before the holder lets go of it. */
  hold(plan: Plan, holder: object): void {
    const holders = this.#holders.get(plan)
    if (holders === undefined) this.#holders.set(plan, new Set([holder]))
    else holders.add(holder)
  }

  /** Does nothing for one that does not hold it. */
  letGo(plan: Plan, holder: object): void {
    const holders = this.#holders.get(plan)
    if (!holders?.delete(holder) || holders.size > 0) return
    this.#holders.delete(plan)
    if (!this.#older.delete(plan)) return
    for (const [id, kept] of this.#kept) if (kept === plan) this.#kept.delete(id)
    this.#retired(plan)
  }

  /** The one before has to be held by whoever replaces it, or nobody is told that it is retired. */
  replace(plan: Plan): void {
    const previous = this.#current.get(plan.name)
    if (previous !== undefined && this.#holders.has(previous)) this.#older.add(previous)
    // What was undone may come back as the very same version while that still runs.
    this.#older.delete(plan)
    this.#current.set(plan.name, plan)
  }

  /** Calls with each version that is retired. */
  onRetired(listener: (plan: Plan) => void): void {
    this.#retired = listener
  }
}

const NONE: readonly Plan[] = []
