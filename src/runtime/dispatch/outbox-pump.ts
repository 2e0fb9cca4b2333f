import { type Backoff, backoffDelay } from '../../core/backoff.ts'
import type { Clock } from '../../ports/clock.ts'
import type { OutboxEntry, OutboxKind } from '../../ports/outbox.ts'
import type { Store } from '../../ports/store.ts'

export interface OutboxPumpServices {
  readonly store: Pick<Store, 'takeOutbox' | 'clearOutbox' | 'onOutbox'>
  readonly clock: Clock
  readonly owner: string
  readonly random: () => number
}

export interface OutboxPumpOptions {
  readonly kind: OutboxKind
  /** Milliseconds after which others are given what was taken and not told. */
  readonly lease: number
  /** Asked before anything is taken. */
  mayRun?(): Promise<boolean>
  /** Resolves when all of them have been told, in this order. */
  tell(entries: readonly OutboxEntry[]): Promise<void>
  /** A run could not be finished; it is tried again. */
  failed(error: unknown): void
  /** Everything has been told, after a run that failed. */
  recovered(): void
}

const MOST_AT_ONCE = 500
const RETRY: Backoff = { type: 'exponential', delay: 250, max: 5000, jitter: 0.2 }

/**
 * Tells elsewhere what the outbox notes of one kind: oldest first, one run at a time. Entries are
 * cleared when they have been told; those of a run that failed stay, and are told by the next.
 */
export class OutboxPump {
  readonly #services: OutboxPumpServices
  readonly #options: OutboxPumpOptions
  #stopListening: (() => void) | undefined
  #running: Promise<void> | undefined
  #isAskedAgain = false
  #failures = 0
  #disarmRetry: (() => void) | undefined
  #isStarted = false

  constructor(services: OutboxPumpServices, options: OutboxPumpOptions) {
    this.#services = services
    this.#options = options
  }

  /** The last run could not be finished. */
  get isFailing(): boolean {
    return this.#failures > 0
  }

  start(): void {
    this.#isStarted = true
    this.#stopListening = this.#services.store.onOutbox(() => this.poke())
    this.poke()
  }

  /** There may be something to tell. After a failure it waits for its time. */
  poke(): void {
    if (!this.#isStarted || this.#disarmRetry !== undefined) return
    if (this.#running !== undefined) {
      this.#isAskedAgain = true
      return
    }
    this.#running = this.#run().finally(() => {
      this.#running = undefined
      if (this.#isAskedAgain) this.poke()
    })
  }

  /** What kept it from telling has gone. */
  retry(): void {
    this.#cancelRetry()
    this.poke()
  }

  /** Tells what is there and nothing after it; what fails now is left for others. */
  async stop(): Promise<void> {
    if (!this.#isStarted) return
    this.#isStarted = false
    this.#stopListening?.()
    this.#cancelRetry()
    await this.#running
    if (!this.isFailing) await this.#run()
    this.#cancelRetry()
  }

  async #run(): Promise<void> {
    this.#isAskedAgain = false
    const { failed, recovered } = this.#options
    try {
      while (await this.#step()) {}
      if (this.#failures > 0) recovered()
      this.#failures = 0
    } catch (error) {
      this.#failures += 1
      failed(error)
      this.#scheduleRetry()
    }
  }

  /** True: there may be more. */
  async #step(): Promise<boolean> {
    const { store, clock, owner } = this.#services
    const { kind, lease, mayRun, tell } = this.#options
    if (mayRun !== undefined && !(await mayRun())) return false
    const now = clock.now()
    const request = { kind, owner, limit: MOST_AT_ONCE, now, until: now + lease }
    const entries = await store.takeOutbox(request)
    if (entries.length === 0) return false
    await tell(entries)
    await store.clearOutbox(entries.map(({ entry }) => entry))
    return entries.length === MOST_AT_ONCE
  }

  #cancelRetry(): void {
    this.#disarmRetry?.()
    this.#disarmRetry = undefined
  }

  #scheduleRetry(): void {
    const { clock, random } = this.#services
    const delay = backoffDelay(RETRY, this.#failures, random)
    this.#disarmRetry = clock.setTimer(clock.now() + delay, () => this.retry())
  }
}
