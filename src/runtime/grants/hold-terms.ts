import { fullTaskName } from '../../core/tasklet.ts'
import type { HeldUnits, HoldRequest } from '../../ports/holds.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import type { Demands } from './demands.ts'
import type { ForeignHolds } from './foreign-holds.ts'
import { type NeedLimits, needsOf } from './needs.ts'
import type { ResourcePools } from './resource-pools.ts'
import { type StateLeases, takesPart } from './state-leases.ts'

export interface TermServices {
  readonly pools: ResourcePools
  readonly states: StateLeases
  readonly demands: Demands
  readonly limits: NeedLimits
  readonly foreign: ForeignHolds
}

/** What was granted here, in the terms in which the store counts it for all processes. */
export class HoldTerms {
  readonly #services: TermServices

  constructor(services: TermServices) {
    this.#services = services
  }

  /** What the store has to be asked for on behalf of a holder; undefined: it has but its slot. */
  requestFor(delivery: Delivery): HoldRequest | undefined {
    const { pools, demands } = this.#services
    const needs = pools.of(delivery)
    const { lease, id } = delivery.tasklet
    const concernsWorld = takesPart(delivery)
    if (lease === undefined || (needs.length === 0 && !concernsWorld)) return undefined
    return {
      lease: { id, token: lease.token },
      units: needs.map(({ pool, units }) => ({ pool: pool.key, units, capacity: pool.capacity })),
      world: concernsWorld ? toWorld(demands, delivery) : undefined,
    }
  }

  /**
   * The store has said how the holder stands to the world: beside others, in these states, or alone.
   * False: it lacks units that it may need to move the world, as others were expected there.
   */
  confirm(delivery: Delivery, states: readonly string[] | undefined): boolean {
    const { pools, limits } = this.#services
    this.#services.states.confirm(delivery, states)
    const { tasklet, task } = delivery
    if (states !== undefined || tasklet.requires.length === 0) return true
    const held = new Map(pools.of(delivery).map(({ pool, units }) => [pool.key, units]))
    const needs = needsOf(tasklet, task, true, limits)
    return needs.every(({ pool, units }) => (held.get(pool.key) ?? 0) >= units)
  }

  /** What the holder has left when the world need not be moved for it any more. */
  unitsLeft(delivery: Delivery): readonly HeldUnits[] {
    const { pools, limits } = this.#services
    const { tasklet, task } = delivery
    return pools.reduced(delivery, needsOf(tasklet, task, false, limits)).map(toHeldUnits)
  }

  /** What other processes hold has been read again, at the time `now`. */
  seenElsewhere(now: number): void {
    const { foreign, states } = this.#services
    for (const plan of foreign.plans) {
      const verified = states.verified(plan)
      if (verified !== undefined) states.serves(plan, verified, now)
    }
  }

  /** Whether the delivery would be refused because of what other processes hold. */
  isBlockedElsewhere(delivery: Delivery): boolean {
    const { pools, states, demands, foreign } = this.#services
    if (!foreign.hasOthers) return false
    const { tasklet, task, plan } = delivery
    const asked = demands.ofWorld(tasklet, task, plan)
    if (foreign.ofWorld(tasklet.plan).length > 0 && !states.mayEnter(asked)) return true
    const short = pools.short(fullTaskName(tasklet), demands.ofUnits(asked, task))
    return short.some(({ pool }) => foreign.units(pool.key) > 0)
  }
}

/** Whether one of them may be in the way of the other. */
export function mayCollide(one: HoldRequest, other: HoldRequest): boolean {
  if (one.world !== undefined && one.world.plan === other.world?.plan) return true
  return one.units.some(({ pool }) => other.units.some((units) => units.pool === pool))
}

function toWorld(demands: Demands, { tasklet, task, plan: version }: Delivery) {
  const { plan, shape, requires, alone } = demands.ofWorld(tasklet, task, version)
  return { plan, shape, requires, alone }
}

function toHeldUnits({ pool, units }: { pool: { readonly key: string }; units: number }) {
  return { pool: pool.key, units }
}
