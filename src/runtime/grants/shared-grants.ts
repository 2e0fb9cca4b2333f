import { InputError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Hold, HoldRequest } from '../../ports/holds.ts'
import type { Store } from '../../ports/store.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import { wait } from '../wait.ts'
import { needsWorldAlone } from './affinity.ts'
import type { ForeignHolds } from './foreign-holds.ts'
import type { Grants } from './grants.ts'
import { mayCollide } from './hold-terms.ts'

export interface SharedGrantServices {
  readonly store: Pick<Store, 'isShared' | 'hold' | 'revise'>
  readonly clock: Clock
  readonly owner: string
  /** Milliseconds that a lease lasts; it is renewed at a third of that. */
  readonly lease: number
  readonly grants: Grants
  readonly foreign: ForeignHolds
  /** What other processes hold has to be read again. */
  refresh(): Promise<void>
  /**
   * The delivery has come to the world of its plan, where other processes may have been since: beside
   * others, or alone, to move it as it needs.
   */
  entered(delivery: Delivery, how: 'joined' | 'alone'): Promise<void>
  failed(operation: string, error: unknown): void
}

/**
 * `refused`: it is back in the line. `lost`: its lease is no longer held. `over`: it has ended
 * meanwhile.
 */
export type Secured = 'held' | 'refused' | 'lost' | 'over'

/** What the store knows, or is about to, of what a delivery holds. */
interface Standing {
  request: HoldRequest
  /** When it last changed there, in the order of all such changes. */
  changedAt: number
  /** What the world was believed to be has been brought up to date for it. */
  hasEntered: boolean
  /** Resolves when it holds nothing any more. */
  readonly over: PromiseWithResolvers<void>
}

const RETRY_DELAY = 1000

/**
 * Makes grants hold for all processes that share a store. What was granted here is taken there
 * before anything runs; what comes to be shared is given back there first and here afterwards; and
 * what was given back here counts until the settlement that gives it back there is written.
 *
 * INVARIANT: the store never counts less than what runs here. Where it counts more for a moment,
 * whoever that keeps out is served when it changes.
 */
export class SharedGrants {
  readonly #services: SharedGrantServices
  readonly #standings = new Map<Delivery, Standing>()
  #changes = 0

  constructor(services: SharedGrantServices) {
    this.#services = services
  }

  /**
   * Takes in the store what the delivery was granted here; undefined: there is nothing to be taken.
   * Rejects with what no later try would change.
   */
  secure(delivery: Delivery): Promise<Secured> | undefined {
    const { store, grants } = this.#services
    const request = store.isShared ? grants.terms.requestFor(delivery) : undefined
    return request && this.#secure(delivery, request)
  }

  /** As `Grants.share`, for all processes; false: the lease is no longer held. */
  async share(delivery: Delivery, states: readonly string[]): Promise<boolean> {
    const { grants, store } = this.#services
    const standing = this.#standings.get(delivery)
    if (standing === undefined) {
      grants.share(delivery, states)
      return true
    }
    const { lease } = standing.request
    const units = this.#unitsLeft(delivery, standing)
    const told = needsWorldAlone(delivery.task) ? undefined : states
    const isKept = await this.#try('share a world', delivery, () =>
      store.revise({ lease, units, states: told }),
    )
    if (isKept) {
      standing.request = { ...standing.request, units }
      grants.share(delivery, states)
      this.#changed(delivery, standing)
    }
    return isKept ?? true
  }

  /** As `Grants.distrust`, for all processes. */
  distrust(delivery: Delivery): void {
    const { grants, store } = this.#services
    grants.distrust(delivery)
    for (const [holder, { request }] of this.#standings) {
      if (!holder.granted || request.world?.plan !== delivery.tasklet.plan) continue
      const { lease, units } = request
      const telling = () => store.revise({ lease, units, states: undefined })
      void this.#try('distrust a world', holder, telling).catch((error) =>
        this.#services.failed('distrust a world', error),
      )
    }
  }

  /** The settlement of the delivery is written, or refused: it holds nothing any more. */
  ended(delivery: Delivery): void {
    const standing = this.#standings.get(delivery)
    if (standing === undefined) return
    this.#forget(delivery, standing)
    this.#changed(delivery, standing)
  }

  async #secure(delivery: Delivery, request: HoldRequest): Promise<Secured> {
    const standing = this.#stand(delivery, request)
    await this.#untilWritten(delivery, request)
    const asked = this.#changes
    const { store } = this.#services
    const outcome = await this.#try('hold', delivery, () => store.hold(request))
    if (outcome === undefined || !delivery.granted) return 'over'
    if (!outcome.held) return this.#refused(delivery, standing, outcome.holders, asked)
    if (request.world === undefined) {
      this.#changed(delivery, standing)
      return 'held'
    }
    return this.#enter(delivery, standing, outcome.hold.world?.states)
  }

  async #enter(
    delivery: Delivery,
    standing: Standing,
    states: readonly string[] | undefined,
  ): Promise<Secured> {
    const isEnough = this.#services.grants.terms.confirm(delivery, states)
    this.#changed(delivery, standing)
    if (!isEnough) return this.#askAgain(delivery, standing)
    if (states === undefined || !this.#isKnownHere(delivery)) {
      const how = states === undefined ? 'alone' : 'joined'
      const entering = () => this.#services.entered(delivery, how)
      await this.#try('read what is believed of a world', delivery, entering)
      if (!delivery.granted) return 'over'
    }
    standing.hasEntered = true
    if (states !== undefined && this.#hasTooMuch(delivery, standing)) {
      if (!(await this.share(delivery, states))) return 'lost'
    }
    return delivery.granted ? 'held' : 'over'
  }

  /** Those that it was to join have gone: it needs what moving the world may take, all at once. */
  async #askAgain(delivery: Delivery, standing: Standing): Promise<Secured> {
    const { store, grants, refresh } = this.#services
    const { lease } = standing.request
    await this.#try('hold', delivery, () => store.hold({ lease, units: [] }))
    this.#forget(delivery, standing)
    await refresh()
    this.#changed(delivery, standing)
    if (!delivery.granted) return 'over'
    grants.refuse(delivery)
    return 'refused'
  }

  #refused(
    delivery: Delivery,
    standing: Standing,
    holders: readonly Hold[],
    asked: number,
  ): Secured {
    const { grants, foreign, owner, refresh } = this.#services
    this.#forget(delivery, standing)
    this.#changed(delivery, standing)
    if (holders.length === 0) return 'lost'
    const others = holders.filter((hold) => hold.owner !== owner)
    for (const hold of holders) {
      // What has changed since is in the way no more, or it will be found so again.
      if (hold.owner === owner && this.#isUnchanged(hold, asked)) foreign.block(hold)
    }
    foreign.add(others)
    grants.refuse(delivery)
    // They may have gone before we knew of them, and nobody would tell us.
    if (others.length > 0) void refresh()
    return 'refused'
  }

  /** Waits for settlements under way of what was given back here and would still count there. */
  async #untilWritten(delivery: Delivery, request: HoldRequest): Promise<void> {
    for (;;) {
      const ending = [...this.#standings].filter(
        ([other, standing]) =>
          other !== delivery && !other.granted && mayCollide(standing.request, request),
      )
      if (ending.length === 0) return
      await Promise.all(ending.map(([, { over }]) => over.promise))
    }
  }

  #stand(delivery: Delivery, request: HoldRequest): Standing {
    const over = Promise.withResolvers<void>()
    const standing = { request, changedAt: this.#changes, hasEntered: false, over }
    this.#standings.set(delivery, standing)
    return standing
  }

  #forget(delivery: Delivery, { over }: Standing): void {
    this.#standings.delete(delivery)
    over.resolve()
  }

  /** Whom it kept out in the store is served, if it was in the way there only. */
  #changed(delivery: Delivery, standing: Standing): void {
    this.#changes += 1
    standing.changedAt = this.#changes
    const { foreign, grants } = this.#services
    if (foreign.unblock(delivery.tasklet.id)) grants.reconsider()
  }

  #isUnchanged({ id, token }: Hold, asked: number): boolean {
    for (const { request, changedAt } of this.#standings.values()) {
      const { lease } = request
      if (lease.id === id && lease.token === token) return changedAt <= asked
    }
    return false
  }

  /** Somebody here relies on the same world, and has looked at it. */
  #isKnownHere(delivery: Delivery): boolean {
    return [...this.#standings].some(
      ([other, { request, hasEntered }]) =>
        other !== delivery &&
        other.granted &&
        hasEntered &&
        request.world?.plan === delivery.tasklet.plan,
    )
  }

  #hasTooMuch(delivery: Delivery, standing: Standing): boolean {
    const left = new Map(
      this.#unitsLeft(delivery, standing).map(({ pool, units }) => [pool, units]),
    )
    return standing.request.units.some(({ pool, units }) => (left.get(pool) ?? 0) < units)
  }

  /** Never more than the store has given: rules that came later count here only. */
  #unitsLeft(delivery: Delivery, { request }: Standing) {
    const left = new Map(
      this.#services.grants.terms.unitsLeft(delivery).map(({ pool, units }) => [pool, units]),
    )
    return request.units.flatMap((had) => {
      const units = Math.min(had.units, left.get(had.pool) ?? 0)
      return units === 0 ? [] : [{ ...had, units }]
    })
  }

  /**
   * Again and again while the store fails; undefined when the delivery is told to stop. An answer that
   * was long on its way is asked for again: its lease may have ended meanwhile, and others may hold
   * what it says.
   */
  async #try<T>(
    operation: string,
    delivery: Delivery,
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    while (delivery.outcome === undefined && delivery.stopping === undefined) {
      const { clock, lease, failed } = this.#services
      const asked = clock.now()
      try {
        const answer = await work()
        if (clock.now() - asked < lease / 3) return answer
      } catch (error) {
        if (error instanceof InputError) throw error
        failed(operation, error)
        await wait(clock, RETRY_DELAY)
      }
    }
    return undefined
  }
}
