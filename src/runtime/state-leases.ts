import type { Tasklet } from '../core/tasklet.ts'
import type { Delivery } from './delivery.ts'

/** Who relies on the world of one plan. */
interface WorldLease {
  readonly holders: Set<Delivery>
  /** Where the holders have verified the world to be; undefined while one is changing it. */
  states: readonly string[] | undefined
}

/** Who wants to rely on the world of a plan being in one of these states. */
export type StateRequest = Pick<Tasklet, 'plan' | 'requires'>

export interface StateHold {
  readonly holders: readonly Delivery[]
  readonly states: readonly string[] | undefined
}

/**
 * The right to rely on the world of a plan staying as it is. The first tasklet that requires a
 * state holds the world alone while it prepares it; once the state is verified, others that require
 * it join. A tasklet that requires nothing takes no part.
 */
export class StateLeases {
  readonly #worlds = new Map<string, WorldLease>()

  mayEnter({ plan, requires }: StateRequest): boolean {
    if (requires.length === 0) return true
    const lease = this.#worlds.get(plan)
    if (lease === undefined) return true
    return lease.states !== undefined && holdsAny(lease.states, requires)
  }

  /** Whether the world would be the requester's alone, to be moved as it needs. */
  wouldPrepare({ plan, requires }: StateRequest): boolean {
    return requires.length > 0 && !this.#worlds.has(plan)
  }

  /** Who relies on the world of the plan, and where they verified it to be, if they have. */
  heldBy(plan: string): StateHold {
    const lease = this.#worlds.get(plan)
    return { holders: [...(lease?.holders ?? [])], states: lease?.states }
  }

  enter(delivery: Delivery): void {
    if (delivery.tasklet.requires.length === 0) return
    const lease = this.#of(delivery)
    if (lease !== undefined) lease.holders.add(delivery)
    else {
      const holders = new Set([delivery])
      this.#worlds.set(delivery.tasklet.plan, { holders, states: undefined })
    }
  }

  /** The holder has verified where the world is; false when it is no holder. */
  share(delivery: Delivery, states: readonly string[]): boolean {
    const lease = this.#of(delivery)
    if (!lease?.holders.has(delivery)) return false
    lease.states = states
    return true
  }

  /** Where the holder may rely on the world being; undefined while it holds the world alone. */
  shared(delivery: Delivery): readonly string[] | undefined {
    const lease = this.#of(delivery)
    return lease?.holders.has(delivery) ? lease.states : undefined
  }

  leave(delivery: Delivery): void {
    const lease = this.#of(delivery)
    if (lease?.holders.delete(delivery) && lease.holders.size === 0) {
      this.#worlds.delete(delivery.tasklet.plan)
    }
  }

  #of(delivery: Delivery): WorldLease | undefined {
    return this.#worlds.get(delivery.tasklet.plan)
  }
}

/** Whether the world, seen in `states`, is in one of the `required` ones or below it. */
export function holdsAny(states: readonly string[], required: readonly string[]): boolean {
  return required.some((path) =>
    states.some((state) => state === path || state.startsWith(`${path}.`)),
  )
}
