import type { ForeignHandler, SubmissionSource } from '../../ports/intake.ts'
import { BrokerLink, type BrokerState } from './broker-link.ts'
import type { BrokerPart, PartServices } from './distribution.ts'

export interface SubmissionsLinkServices extends Pick<PartServices, 'logger'> {
  readonly source: SubmissionSource
  handle: ForeignHandler
}

/** Everything between this process and a broker through which others submit. */
export class SubmissionsLink implements BrokerPart {
  readonly #services: SubmissionsLinkServices
  readonly #link: BrokerLink
  #isReceiving = false
  #stopListening: (() => void) | undefined

  constructor(services: SubmissionsLinkServices) {
    this.#services = services
    this.#link = new BrokerLink('submissions', services.source, services.logger)
  }

  get state(): BrokerState {
    return this.#link.state
  }

  async open(): Promise<void> {
    await this.#link.open()
  }

  /** Asked again until it has worked once; from then on the source goes on by itself. */
  async start(): Promise<void> {
    const { source, handle } = this.#services
    if (this.#isReceiving || !(await this.#link.open())) return
    this.#isReceiving = true
    this.#stopListening ??= source.onConnection((isUp) => {
      if (isUp) this.#link.found()
      else this.#link.lost()
    })
    try {
      await source.receive(handle)
      this.#link.found()
    } catch (error) {
      this.#isReceiving = false
      this.#link.lost(error)
    }
  }

  beat(): Promise<void> {
    return this.start()
  }

  /** Resolves when the messages in hand have been stored or given up. */
  async drain(): Promise<void> {
    this.#isReceiving = true
    this.#stopListening?.()
    await this.#link.close()
  }

  close(): Promise<void> {
    return this.drain()
  }
}
