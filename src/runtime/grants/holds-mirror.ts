import type { Clock } from '../../ports/clock.ts'
import type { Hold } from '../../ports/holds.ts'
import type { Store } from '../../ports/store.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import type { ForeignHolds } from './foreign-holds.ts'
import type { Grants } from './grants.ts'

export interface HoldsMirrorServices {
  readonly store: Pick<Store, 'isShared' | 'holds'>
  readonly clock: Clock
  readonly owner: string
  readonly grants: Grants
  readonly foreign: ForeignHolds
  /** Whether any plan has work that may have to wait for what others hold. */
  isContended(): boolean
  /** Whether the delivery's tasklet has to wait in this process, whoever else could run it. */
  waitsHere(delivery: Delivery): boolean
  /** The delivery goes back to the store, without having started. */
  sendBack(delivery: Delivery): void
  /** Another process held the worlds of these plans, and holds them no more. */
  left(plans: readonly string[]): Promise<void>
  failed(operation: string, error: unknown): void
}

/** Milliseconds between two reads that only changes elsewhere ask for. */
const PAUSE = 50
/** Milliseconds until a read that has failed, or found a lease past its end, is tried again. */
const AGAIN = 1000
/** Milliseconds that a tasklet waits here for what another process holds. */
const PATIENCE = 1000

/**
 * Keeps what is known of other processes' holds up to date: it is read when they were in the way,
 * and from then on, until none are known, whenever another process has changed the store. So a
 * process that meets nobody reads nothing.
 *
 * Who waits here for others is known here only. After a while it goes back to the store, where every
 * process sees how urgent it is and how long it has waited: so nobody is passed over for ever.
 */
export class HoldsMirror {
  readonly #services: HoldsMirrorServices
  #reading: Promise<void> | undefined
  #isStale = false
  #readAt = Number.NEGATIVE_INFINITY
  #disarmRead: (() => void) | undefined
  #disarmEnd: (() => void) | undefined
  #disarmPatience: (() => void) | undefined
  #isRunning = false

  constructor(services: HoldsMirrorServices) {
    this.#services = services
  }

  /** Before anything is claimed: what is held already is not asked for. */
  async start(): Promise<void> {
    this.#isRunning = true
    if (this.#services.isContended()) await this.refresh()
  }

  stop(): void {
    this.#isRunning = false
    for (const disarm of [this.#disarmRead, this.#disarmEnd, this.#disarmPatience]) disarm?.()
  }

  /** Another process has written to the store. */
  changed(): void {
    const { foreign, clock } = this.#services
    if (!foreign.hasOthers || this.#disarmRead !== undefined) return
    const at = this.#readAt + PAUSE
    if (at <= clock.now()) void this.refresh()
    else this.#readLater(at)
  }

  /** Resolves when what was held at the time of the call, or later, is known. */
  refresh(): Promise<void> {
    if (!this.#services.store.isShared || !this.#isRunning) return Promise.resolve()
    this.#isStale = true
    this.#reading ??= this.#read()
    return this.#reading
  }

  /** Whoever waits here for others does so for a while only. */
  limitPatience(): void {
    if (this.#disarmPatience !== undefined) return
    const waiting = new Set(this.#blocked())
    if (waiting.size === 0) return
    const { clock, sendBack } = this.#services
    this.#disarmPatience = clock.setTimer(clock.now() + PATIENCE, () => {
      this.#disarmPatience = undefined
      for (const delivery of this.#blocked()) if (waiting.has(delivery)) sendBack(delivery)
      this.limitPatience()
    })
  }

  async #read(): Promise<void> {
    const { store, clock, owner, failed } = this.#services
    try {
      while (this.#isStale && this.#isRunning) {
        this.#isStale = false
        this.#readAt = clock.now()
        const holds = await store.holds()
        await this.#take(holds.filter((hold) => hold.owner !== owner))
      }
    } catch (error) {
      if (!this.#isRunning) return
      failed('read what is held', error)
      this.#readLater(clock.now() + AGAIN)
    } finally {
      // In the same step in which it was seen that nobody asks for another read.
      this.#reading = undefined
    }
  }

  async #take(holds: readonly Hold[]): Promise<void> {
    const { foreign, grants, clock, left } = this.#services
    const before = foreign.plans
    const isNew = foreign.replace(holds)
    this.#expectEnd()
    this.limitPatience()
    if (!isNew) return
    const gone = before.filter((plan) => foreign.ofWorld(plan).length === 0)
    if (gone.length > 0) await left(gone)
    grants.terms.seenElsewhere(clock.now())
    grants.reconsider()
  }

  #readLater(at: number): void {
    this.#disarmRead?.()
    this.#disarmRead = this.#services.clock.setTimer(at, () => {
      this.#disarmRead = undefined
      void this.refresh()
    })
  }

  /** Whoever ends the lease of a dead holder, it is over then; if nobody has, we look again. */
  #expectEnd(): void {
    this.#disarmEnd?.()
    this.#disarmEnd = undefined
    const { foreign, clock } = this.#services
    const end = foreign.firstEnd
    if (end === undefined) return
    const at = Math.max(end + 1, clock.now() + AGAIN)
    this.#disarmEnd = clock.setTimer(at, () => void this.refresh())
  }

  #blocked(): readonly Delivery[] {
    const { grants, foreign, waitsHere } = this.#services
    if (!foreign.hasOthers) return []
    return grants.waiters.filter(
      (waiter) => grants.terms.isBlockedElsewhere(waiter) && !waitsHere(waiter),
    )
  }
}
