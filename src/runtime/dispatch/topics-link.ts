import { DispatchError } from '../../core/errors.ts'
import type { Store } from '../../ports/store.ts'
import type { Topics } from '../../ports/topics.ts'
import { BrokerLink, type BrokerState } from './broker-link.ts'
import type { BrokerPart, PartServices } from './distribution.ts'
import { TopicBridge } from './topic-bridge.ts'

export interface TopicsLinkServices extends PartServices {
  readonly store: Store
  readonly topics: Topics
}

/** Everything between this process and the broker that tells others what happens. */
export class TopicsLink implements BrokerPart {
  readonly #services: TopicsLinkServices
  readonly #link: BrokerLink
  readonly #bridge: TopicBridge

  constructor(services: TopicsLinkServices) {
    this.#services = services
    this.#link = new BrokerLink('topics', services.topics, services.logger)
    this.#bridge = new TopicBridge(services, {
      failed: (error) => {
        if (error instanceof DispatchError) this.#link.lost(error)
        else services.reports.storeFailed('take what happened', error)
      },
      recovered: () => this.#link.found(),
    })
  }

  get state(): BrokerState {
    return this.#link.state
  }

  async open(): Promise<void> {
    await this.#services.store.noteOutbox(['status'])
    await this.#link.open()
  }

  async start(): Promise<void> {
    this.#bridge.start()
  }

  async beat(): Promise<void> {
    await this.#link.open()
    this.#bridge.poke()
  }

  async drain(): Promise<void> {}

  async close(): Promise<void> {
    await this.#bridge.stop()
    await this.#link.close()
  }
}
