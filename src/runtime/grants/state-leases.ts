import type { Tasklet } from '../../core/tasklet.ts'
import { holdsAny } from '../../core/world-states.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import { needsWorldAlone } from './affinity.ts'
import type { Blocker } from './blockers.ts'
import { ForeignHolds } from './foreign-holds.ts'

/** Who relies on the world of one plan in this process. */
interface WorldLease {
  readonly holders: Set<Delivery>
  /** Those that the store has let join others, and where those had verified the world to be. */
  readonly joined: Map<Delivery, readonly string[]>
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
  readonly holders: readonly Blocker[]
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
  readonly #foreign: ForeignHolds
  readonly #worlds = new Map<string, WorldLease>()
  /** Since when the world of a plan has served the state that it served last. */
  readonly #serving = new Map<string, { readonly states: string; readonly since: number }>()

  constructor(foreign = new ForeignHolds()) {
    this.#foreign = foreign
  }

  mayEnter({ plan, requires, alone, shape }: StateRequest): boolean {
    if (requires.length === 0 && !alone) return true
    const leases = this.#all(plan)
    if (leases.length === 0) return true
    if (alone) return false
    return leases.every(
      ({ states, shape: theirs }) =>
        theirs === shape && states !== undefined && holdsAny(states, requires),
    )
  }

  /** Whether the world would be the requester's alone, to be moved as it needs. */
  wouldPrepare({ plan, requires }: Pick<StateRequest, 'plan' | 'requires'>): boolean {
    return requires.length > 0 && this.isFree(plan)
  }

  /** Who relies on the world of the plan, and where they verified it to be, if they have. */
  heldBy(plan: string): StateHold {
    const own = this.#worlds.get(plan)
    const holders = [...(own?.holders ?? []), ...this.#foreign.ofWorld(plan)]
    return { holders, states: this.verified(plan), shape: this.#all(plan)[0]?.shape }
  }

  isFree(plan: string): boolean {
    return !this.#worlds.has(plan) && this.#foreign.ofWorld(plan).length === 0
  }

  /** Where the holders have verified the world to be; undefined: one of them has not, or none is. */
  verified(plan: string): readonly string[] | undefined {
    const leases = this.#all(plan)
    return leases.some(({ states }) => states === undefined) ? undefined : leases[0]?.states
  }

  enter(delivery: Delivery, shape?: string): void {
    if (!takesPart(delivery)) return
    const lease = this.#of(delivery)
    if (lease !== undefined) lease.holders.add(delivery)
    else {
      const { plan } = delivery.tasklet
      const states = this.verified(plan)
      this.#worlds.set(plan, { holders: new Set([delivery]), joined: new Map(), states, shape })
    }
  }

  /**
   * The store has let the holder join others, who have verified these states; undefined: it has the
   * world alone.
   */
  confirm(delivery: Delivery, states: readonly string[] | undefined): void {
    const lease = this.#of(delivery)
    if (!lease?.holders.has(delivery)) return
    lease.states = states
    if (states !== undefined) lease.joined.set(delivery, states)
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
    this.serves(delivery.tasklet.plan, states, now)
    if (needsWorldAlone(delivery.task)) return false
    lease.states = states
    return true
  }

  /** The world of the plan is seen to serve this state, at the time `now`. */
  serves(plan: string, states: readonly string[], now: number): void {
    const served = states.join(' & ')
    if (this.#serving.get(plan)?.states === served) return
    this.#serving.set(plan, { states: served, since: now })
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
    if (!lease?.holders.has(delivery)) return undefined
    return lease.joined.get(delivery) ?? lease.states
  }

  leave(delivery: Delivery): void {
    const lease = this.#of(delivery)
    lease?.joined.delete(delivery)
    if (lease?.holders.delete(delivery) && lease.holders.size === 0) {
      this.#worlds.delete(delivery.tasklet.plan)
    }
  }

  /** How each of those stands to the world who rely on it, here and elsewhere. */
  #all(plan: string): readonly Pick<StateHold, 'states' | 'shape'>[] {
    const own = this.#worlds.get(plan)
    const others = this.#foreign.ofWorld(plan)
    if (others.length === 0) return own === undefined ? NOBODY : [own]
    const worlds = others.flatMap(({ world }) => world ?? [])
    return own === undefined ? worlds : [own, ...worlds]
  }

  #of(delivery: Delivery): WorldLease | undefined {
    return this.#worlds.get(delivery.tasklet.plan)
  }
}

const NOBODY: readonly StateHold[] = []

/** It relies on the world, or changes it. */
export function takesPart({ tasklet, task }: Delivery): boolean {
  return tasklet.requires.length > 0 || needsWorldAlone(task)
}
