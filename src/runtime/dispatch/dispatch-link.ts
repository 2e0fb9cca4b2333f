import { DispatchError } from '../../core/errors.ts'
import { fullTaskName } from '../../core/tasklet.ts'
import type { Dispatch } from '../../ports/dispatch.ts'
import type { Store } from '../../ports/store.ts'
import type { ClaimRequest } from '../../ports/store-messages.ts'
import type { Registry } from '../plans/registry.ts'
import { BrokerLink, type BrokerState } from './broker-link.ts'
import { Consumers } from './consumers.ts'
import { DispatchedWork } from './dispatched-work.ts'
import type { BrokerPart, PartServices } from './distribution.ts'
import type { OutboxPump } from './outbox-pump.ts'
import { Reconciler } from './reconciler.ts'
import { createRelay } from './relay.ts'

export interface DispatchLinkServices extends PartServices {
  readonly store: Store
  readonly registry: Pick<Registry, 'planNames' | 'rules'>
  readonly dispatch: Dispatch
  /** The queues that are worked on here, and how many of their messages may be in hand. */
  readonly capacities: ReadonlyMap<string, number>
  /** Milliseconds from one look at what the broker has to the next. */
  readonly interval: number
  /** What a claim would ask for. */
  request(queue: string, limit: number): ClaimRequest
  /** The queue should ask for work. */
  wake(queue: string): void
}

/** Messages come only if all of it is so. */
interface Condition {
  readonly isConnected: boolean
  /** Every queue has its consumer. */
  readonly isConsuming: boolean
  /** The last messages that were to be published were taken over. */
  readonly isPublishing: boolean
}

/** Everything between this process and the broker that hands out work. */
export class DispatchLink implements BrokerPart {
  readonly work: DispatchedWork
  readonly #services: DispatchLinkServices
  readonly #link: BrokerLink
  readonly #relay: OutboxPump
  readonly #consumers: Consumers
  readonly #reconciler: Reconciler
  #stopListening: (() => void) | undefined
  #condition: Condition = { isConnected: false, isConsuming: false, isPublishing: true }
  #isUp = false

  constructor(services: DispatchLinkServices) {
    this.#services = services
    const { dispatch, capacities, logger } = services
    this.#link = new BrokerLink('dispatch', dispatch, logger)
    this.work = this.#createWork()
    const received = this.work.receive.bind(this.work)
    this.#consumers = new Consumers({ dispatch, capacities, received })
    const external = () => services.registry.rules.external
    this.#relay = createRelay(
      { ...services, external },
      {
        failed: (error) => {
          this.#report('take what is ready', error)
          if (error instanceof DispatchError) this.#turn({ isPublishing: false })
        },
        recovered: () => this.#turn({ isPublishing: true }),
      },
    )
    this.#reconciler = this.#createReconciler(external)
  }

  get state(): BrokerState {
    return this.#link.state
  }

  async open(): Promise<void> {
    await this.#services.store.noteOutbox(['ready'])
    await this.#link.open()
  }

  async start(): Promise<void> {
    await this.#connect()
    this.#relay.start()
  }

  /** Makes good what went wrong unnoticed: here, in other processes, and in the broker. */
  async beat(): Promise<void> {
    if (!(await this.#link.open())) return
    await this.#connect()
    this.#relay.poke()
    if (!this.#isUp) return
    try {
      await this.#reconciler.look()
    } catch (error) {
      this.#report('look for lost messages', error)
    }
  }

  async drain(): Promise<void> {
    this.work.close()
    await this.#consumers.close()
  }

  async close(): Promise<void> {
    await this.drain()
    await this.#relay.stop()
    this.#stopListening?.()
    await this.#reconciler.release()
    await this.#link.close()
  }

  /** Opens the consumers that are missing, once the broker is there. */
  async #connect(): Promise<void> {
    if (!this.#link.isOpen) return
    if (this.#stopListening === undefined) {
      this.#turn({ isConnected: true })
      this.#stopListening = this.#services.dispatch.onConnection((isConnected) => {
        this.#turn({ isConnected })
        if (isConnected) this.#relay.retry()
      })
    }
    try {
      await this.#consumers.open()
      this.#turn({ isConsuming: true })
    } catch (error) {
      // The next beat tries again.
      this.#report('consume', error)
      this.#turn({ isConsuming: false })
    }
  }

  #turn(change: Partial<Condition>): void {
    this.#condition = { ...this.#condition, ...change }
    const { isConnected, isConsuming, isPublishing } = this.#condition
    const isUp = isConnected && isConsuming && isPublishing
    if (isUp) this.#link.found()
    if (isUp === this.#isUp) return
    this.#isUp = isUp
    if (!isUp) this.#link.lost()
    this.work.turn(isUp)
    if (isUp) void this.#catchUp()
  }

  /** What became ready while nobody was told has no message: each queue asks for it once. */
  async #catchUp(): Promise<void> {
    const { store, dispatch, capacities } = this.#services
    for (const queue of capacities.keys()) {
      try {
        const { pending } = await store.counts(queue)
        const untold = pending === 0 ? 0 : pending - (await dispatch.depth(queue))
        if (untold > 0) this.work.owe(queue, untold)
      } catch (error) {
        // What was missed now is found missing by the reconciler.
        this.#report('look for work', error)
      }
    }
  }

  /** That the broker is away is said once, and not with each thing that fails because of it. */
  #report(operation: string, error: unknown): void {
    if (error instanceof DispatchError) this.#link.lost(error)
    else this.#services.reports.storeFailed(operation, error)
  }

  #createWork(): DispatchedWork {
    const { store, clock, registry, capacities, wake } = this.#services
    return new DispatchedWork({
      store,
      clock,
      queues: [...capacities.keys()],
      isForUs: (tasklet) =>
        registry.planNames.includes(tasklet.plan) &&
        !registry.rules.external.includes(fullTaskName(tasklet)),
      wake,
    })
  }

  #createReconciler(external: () => readonly string[]): Reconciler {
    const { registry, capacities, logger } = this.#services
    return new Reconciler({
      ...this.#services,
      queues: [...capacities.keys()],
      plans: () => registry.planNames,
      external,
      restored: (queue, count) => {
        logger.warn(`messages of queue ${queue} are missing, and are published again`, { count })
        // Somebody may take them again who has no use for them, so this process looks for itself too.
        this.work.owe(queue, count)
      },
    })
  }
}
