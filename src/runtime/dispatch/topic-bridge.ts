import type { Store } from '../../ports/store.ts'
import type { Topics } from '../../ports/topics.ts'
import { FactLease } from './fact-lease.ts'
import { OutboxPump, type OutboxPumpOptions, type OutboxPumpServices } from './outbox-pump.ts'
import { toTopicEvent } from './topic-event.ts'

export interface TopicBridgeServices extends OutboxPumpServices {
  readonly store: OutboxPumpServices['store'] &
    Pick<Store, 'fact' | 'writeFact' | 'onForeignChange'>
  readonly topics: Pick<Topics, 'publish'>
}

/** Milliseconds for which one process is the one that tells. */
const TURN = 15_000
/**
 * Milliseconds for which entries are its own. It takes them in the first half of its turn, so they
 * are free again when the next one takes over, and that one begins with the oldest.
 */
const LEASE = 5000

/** Publishes what happens to tasklets, in order: one process at a time does it for all. */
export class TopicBridge {
  readonly #services: TopicBridgeServices
  readonly #turn: FactLease
  readonly #pump: OutboxPump
  #stopListening: (() => void) | undefined

  constructor(
    services: TopicBridgeServices,
    outcome: Pick<OutboxPumpOptions, 'failed' | 'recovered'>,
  ) {
    const { store, clock, owner, topics } = services
    this.#services = services
    this.#turn = new FactLease({ store, key: 'topics', owner, duration: TURN })
    this.#pump = new OutboxPump(services, {
      kind: 'status',
      lease: LEASE,
      mayRun: () => this.#turn.hold(clock.now()),
      tell: (entries) => topics.publish(entries.map(toTopicEvent)),
      ...outcome,
    })
  }

  start(): void {
    this.#stopListening = this.#services.store.onForeignChange(() => this.#pump.poke())
    this.#pump.start()
  }

  poke(): void {
    this.#pump.poke()
  }

  async stop(): Promise<void> {
    this.#stopListening?.()
    await this.#pump.stop()
    // What it has taken and not told must be told first, so the next one waits until that is free.
    if (!this.#pump.isFailing) await this.#turn.release()
  }
}
