import type { Tasklet } from '../../core/tasklet.ts'
import { holdsAny } from '../../core/world-states.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import { needsWorldAlone } from './affinity.ts'

/** Who relies on the world of one plan. */
interface WorldLease {
  readonly holders: Set<Delivery>
  /** Where the holders have verified the world to be; undefined while one is changing it. */
  states: readonly string[] | undefined
  /** What the holders' paths stand for. */
  readonly shape: string | undefined
}

/** Who wants to rely on the world of a plan being in one of these states, or to change it. */
export interface StateRequest extends Pick<Tasklet, 'plan' | 'requires'> {
  /** Its work changes the world: nobody else may rely on it meanwhile. */
  readonly alone: boolean
  /** What its paths stand for: those of another machine are not compared with them. */
  readonly shape?: string | undefined
}

export interface StateHold {
  readonly holders: readonly Delivery[]
  readonly states: readonly string[] | undefined
  readonly shape?: string | undefined
}

/**
 * The right to rely on the world of a plan staying as it is. The first tasklet that requires a
 * state holds the world alone while it prepares it; once the state is verified, others that require
 * it join. One whose work changes the world keeps it to itself to the end. A tasklet that neither
 * requires nor changes anything takes no part. While work of an older version of the plan holds the
 * world in terms of another machine, nobody joins it.
 */
export class StateLeases {
  readonly #worlds = new Map<string, WorldLease>()
  /** Since when the world of a plan has served the state that it served last. */
  readonly #serving = new Map<string, { readonly states: string; readonly since: number }>()

  mayEnter({ plan, requires, alone, shape }: StateRequest): boolean {
    if (requires.length === 0 && !alone) return true
    const lease = this.#worlds.get(plan)
    if (lease === undefined) return true
    if (alone || lease.shape !== shape) return false
    return lease.states !== undefined && holdsAny(lease.states, requires)
  }

  /** Whether the world would be the requester's alone, to be moved as it needs. */
  wouldPrepare({ plan, requires }: Pick<StateRequest, 'plan' | 'requires'>): boolean {
    return requires.length > 0 && !this.#worlds.has(plan)
  }

  /** Who relies on the world of the plan, and where they verified it to be, if they have. */
  heldBy(plan: string): StateHold {
    const lease = this.#worlds.get(plan)
    return { holders: [...(lease?.holders ?? [])], states: lease?.states, shape: lease?.shape }
  }

  isFree(plan: string): boolean {
    return !this.#worlds.has(plan)
  }

  /** Where the holders have verified the world to be; undefined: nobody has. */
  verified(plan: string): readonly string[] | undefined {
    return this.#worlds.get(plan)?.states
  }

  enter(delivery: Delivery, shape?: string): void {
    if (!takesPart(delivery)) return
    const lease = this.#of(delivery)
    if (lease !== undefined) lease.holders.add(delivery)
    else {
      const holders = new Set([delivery])
      this.#worlds.set(delivery.tasklet.plan, { holders, states: undefined, shape })
    }
  }

  holds(delivery: Delivery): boolean {
    return this.#of(delivery)?.holders.has(delivery) ?? false
  }

  /**
   * The holder has seen where the world is, at the time `now`. False when it is no holder, or shares
   * with nobody.
   */
  share(delivery: Delivery, states: readonly string[], now: number): boolean {
    const lease = this.#of(delivery)
    if (!lease?.holders.has(delivery)) return false
    const served = states.join(' & ')
    const { plan } = delivery.tasklet
    if (this.#serving.get(plan)?.states !== served) {
      this.#serving.set(plan, { states: served, since: now })
    }
    if (needsWorldAlone(delivery.task)) return false
    lease.states = states
    return true
  }

  /** A holder found the world elsewhere: nobody joins those who still rely on it. */
  distrust(delivery: Delivery): void {
    const lease = this.#of(delivery)
    if (lease?.holders.has(delivery)) lease.states = undefined
  }

  /** Milliseconds that the world of the plan has served one state, with or without breaks. */
  servedFor(plan: string, now: number): number {
    const since = this.#serving.get(plan)?.since
    return since === undefined ? 0 : now - since
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

function takesPart({ tasklet, task }: Delivery): boolean {
  return tasklet.requires.length > 0 || needsWorldAlone(task)
}
