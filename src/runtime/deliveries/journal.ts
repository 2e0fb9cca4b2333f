import { SetpointError, StoreError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { StepRecord } from '../../ports/store-messages.ts'
import { wait } from '../wait.ts'
import type { Delivery } from './delivery.ts'
import type { Journal, KeptStep } from './steps.ts'

export interface JournalServices {
  readonly store: Store
  readonly clock: Clock
  /** The store says that somebody else may be running the tasklet. */
  leaseLost(delivery: Delivery): void
}

/** A journal that can be read as a whole. */
export interface ListedJournal extends Journal {
  /** By name, all that is kept. */
  all(): Promise<ReadonlyMap<string, KeptStep>>
}

const RETRY_DELAY = 1000

/** Deliveries that have kept something for those who share their lease. */
const kept = new WeakSet<Delivery>()

/** The journal of a delivery in the store, under the delivery's lease. */
export class StoredJournal implements ListedJournal {
  readonly #services: JournalServices
  readonly #delivery: Delivery
  /** Goes before the names, for those who share the lease of another. */
  readonly #prefix: string
  #kept: Promise<Map<string, StepRecord>> | undefined

  constructor(services: JournalServices, delivery: Delivery, prefix = '') {
    this.#services = services
    this.#delivery = delivery
    this.#prefix = prefix
  }

  async find(name: string): Promise<KeptStep | undefined> {
    return (await this.#read())?.get(this.#prefix + name)
  }

  async all(): Promise<ReadonlyMap<string, KeptStep>> {
    const own = [...((await this.#read()) ?? [])].filter(([name]) => name.startsWith(this.#prefix))
    return new Map(own.map(([name, step]) => [name.slice(this.#prefix.length), step]))
  }

  #read(): Promise<Map<string, StepRecord>> | undefined {
    if (this.#kept === undefined && this.#isEmpty) return undefined
    this.#kept ??= this.#load()
    return this.#kept
  }

  /** The first delivery finds nothing that it has not kept itself; of that, guests may ask again. */
  get #isEmpty(): boolean {
    if (this.#delivery.tasklet.deliveries > 1) return false
    return this.#prefix === '' || !kept.has(this.#delivery)
  }

  async keep(name: string, output: unknown): Promise<void> {
    const { store, clock, leaseLost } = this.#services
    const { id, lease } = this.#delivery.tasklet
    if (this.#prefix !== '') kept.add(this.#delivery)
    const step = { name: this.#prefix + name, output, at: clock.now() }
    if (lease !== undefined) {
      const { token } = lease
      if (await this.#ask(() => store.recordStep({ id, token }, step))) return
    }
    leaseLost(this.#delivery)
    const message = `step "${name}" was not kept: the lease was lost, and another delivery may run it`
    throw new SetpointError('lease_lost', message)
  }

  #load(): Promise<Map<string, StepRecord>> {
    const { store } = this.#services
    const loading = this.#ask(() => store.steps(this.#delivery.tasklet.id)).then(
      (steps) => new Map(steps.map((step) => [step.name, step])),
    )
    // A store that failed is asked again by the next step.
    loading.catch(() => {
      this.#kept = undefined
    })
    return loading
  }

  /**
   * A server that is away comes back, and an attempt is not spent on that: it is asked again, which
   * changes nothing that is kept already, until the delivery is told to stop.
   */
  async #ask<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof StoreError && error.code === 'store_unavailable')) throw error
        await wait(this.#services.clock, RETRY_DELAY, this.#delivery.signal)
      }
    }
  }
}
