import { NEVER } from '../core/duration.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { LeaseRef, Renewal } from '../ports/store-messages.ts'
import { ForeignRounds } from './foreign-rounds.ts'
import { isDead } from './owner.ts'

export interface MaintenanceEffects {
  leases(): readonly LeaseRef[]
  renewed(renewal: Renewal, leases: readonly LeaseRef[]): void
  /** Leases that ended were taken back: the records as they are now. */
  rescued(tasklets: readonly Tasklet[]): void
  /** Tasklets that expired in their queue, and their dependents: the records as they are now. */
  expired(tasklets: readonly Tasklet[]): void
  /** Work may have become ready in these queues; undefined: in any. */
  ready(queues: readonly string[] | undefined): void
  /** Another process has written to the store. */
  foreignChange(): Promise<unknown>
  failed(operation: string, error: unknown): void
}

export interface MaintenanceSettings {
  /** Milliseconds that a lease lasts; it is renewed at a third of that. */
  readonly lease: number
  readonly maxDeliveries: number
}

/** Milliseconds between two looks at what other processes have changed. */
const FOREIGN_INTERVAL = 50
/** The most milliseconds until a store that has failed is asked again. */
const RETRY_DELAY = 5000
/** Milliseconds between two looks at what is due while leases that have ended are left alone. */
const GRACE_INTERVAL = 1000

/**
 * Keeps the store's promises about time: renews our leases, takes back those that have ended, and
 * makes delayed work ready, and fails what has expired. Between heartbeats it sleeps until the next
 * due time; nothing is polled.
 */
export class Maintenance {
  readonly #store: Store
  readonly #clock: Clock
  readonly #settings: MaintenanceSettings
  readonly #effects: MaintenanceEffects
  readonly #foreign: ForeignRounds
  #stopHeartbeat: (() => void) | undefined
  #stopListening: (() => void) | undefined
  #disarmDue: (() => void) | undefined
  #dueAt = Number.POSITIVE_INFINITY
  #running = false
  /** The store has failed since our leases were last renewed for sure. */
  #hasFailed = false
  /** Leases that have ended are left alone until then. */
  #rescueFrom = Number.NEGATIVE_INFINITY

  constructor(
    store: Store,
    clock: Clock,
    settings: MaintenanceSettings,
    effects: MaintenanceEffects,
  ) {
    this.#store = store
    this.#clock = clock
    this.#settings = settings
    this.#effects = effects
    this.#foreign = new ForeignRounds(clock, FOREIGN_INTERVAL, () => this.#lookAtOthers())
  }

  /** Takes back what dead processes left, before anything is claimed. */
  async recover(): Promise<void> {
    const owners = await this.#store.owners()
    await this.#rescue(owners.filter(isDead))
    await this.#advance()
  }

  start(): void {
    this.#running = true
    this.#stopListening = this.#store.onForeignChange(() => this.#foreign.changed())
    this.#scheduleHeartbeat()
    void this.#attempt('due', () => this.#rearm())
  }

  stop(): void {
    this.#running = false
    this.#stopHeartbeat?.()
    this.#stopListening?.()
    this.#foreign.stop()
    this.#disarmDue?.()
    this.#dueAt = Number.POSITIVE_INFINITY
  }

  /** Something in the store becomes due at this time. */
  expect(at: number): void {
    if (!this.#running || at >= this.#dueAt || at >= NEVER) return
    this.#disarmDue?.()
    this.#dueAt = at
    this.#disarmDue = this.#clock.setTimer(at, () => {
      this.#dueAt = Number.POSITIVE_INFINITY
      void this.#attempt('due', () => this.#makeReady())
    })
  }

  async #lookAtOthers(): Promise<void> {
    this.#effects.ready(undefined)
    await Promise.all([
      this.#attempt('get', () => this.#effects.foreignChange()),
      this.#attempt('renew', () => this.#renew()),
      this.#attempt('due', () => this.#rearm()),
    ])
  }

  async #makeReady(): Promise<void> {
    await this.#advance()
    if (this.#hasFailed) await this.#returned()
    if (this.#clock.now() >= this.#rescueFrom) await this.#rescue([])
    await this.#rearm()
  }

  /**
   * While the store was away nobody could renew a lease, so the end of one says nothing about its
   * holder. Whoever lives renews it within a heartbeat from now on.
   */
  async #returned(): Promise<void> {
    await this.#renew()
    this.#hasFailed = false
    this.#rescueFrom = this.#clock.now() + this.#settings.lease / 3
  }

  async #advance(): Promise<void> {
    const { queues, changed } = await this.#store.advance(this.#clock.now())
    if (changed.length > 0) this.#effects.expired(changed)
    if (queues.length > 0) this.#effects.ready(queues)
  }

  async #rearm(): Promise<void> {
    const at = await this.#store.nextDue()
    if (at === undefined) return
    const now = this.#clock.now()
    const isPatient = now < this.#rescueFrom
    const earliest = isPatient ? Math.min(this.#rescueFrom, now + GRACE_INTERVAL) : now + 1
    // Our own leases are due at their end as well; the heartbeat has moved it by then.
    this.expect(Math.max(at, earliest))
  }

  #scheduleHeartbeat(): void {
    const next = this.#clock.now() + this.#settings.lease / 3
    this.#stopHeartbeat = this.#clock.setTimer(next, () => {
      void this.#attempt('renew', () => this.#renew())
      if (this.#running) this.#scheduleHeartbeat()
    })
  }

  async #renew(): Promise<void> {
    const leases = this.#effects.leases()
    if (leases.length === 0) return
    const until = this.#clock.now() + this.#settings.lease
    this.#effects.renewed(await this.#store.renew(leases, until), leases)
  }

  async #rescue(deadOwners: readonly string[]): Promise<void> {
    const { maxDeliveries } = this.#settings
    const now = this.#clock.now()
    const rescued = await this.#store.rescue({ now, deadOwners, maxDeliveries })
    if (rescued.length === 0) return
    this.#effects.rescued(rescued)
    // Leases hold work of any queue back: by their groups, and as last deliveries.
    this.#effects.ready(undefined)
  }

  async #attempt(operation: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      // The next heartbeat or due time tries again; a closed store at the end is no failure.
      if (!this.#running) return
      if (operation !== 'get') this.#hasFailed = true
      this.#effects.failed(operation, error)
      this.expect(this.#clock.now() + Math.min(this.#settings.lease / 3, RETRY_DELAY))
    }
  }
}
