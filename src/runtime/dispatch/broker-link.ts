import { DispatchError } from '../../core/errors.ts'
import type { Log } from '../../plan/handler.ts'

export type BrokerRole = 'dispatch' | 'topics' | 'submissions'

/** How this process stands to one broker. */
export interface BrokerState {
  readonly role: BrokerRole
  readonly name: string
  readonly isUp: boolean
}

/** What every port of a broker has. */
export interface BrokerPort {
  readonly name: string
  open(): Promise<void>
  close(): Promise<void>
}

/** What goes on while a broker is away. */
const MEANWHILE: Readonly<Record<BrokerRole, string>> = {
  dispatch: 'queues ask the store for work until it is back',
  topics: 'events are kept in the store until it is back',
  submissions: 'what others submit stays with it until it is back',
}

/**
 * The way to one broker. The runtime goes on without it, so one that cannot be reached is logged and
 * tried again; only a driver that is not installed is an error, because waiting would not help.
 */
export class BrokerLink {
  readonly #role: BrokerRole
  readonly #port: BrokerPort
  readonly #logger: Log
  #isOpen = false
  #isUp: boolean | undefined

  constructor(role: BrokerRole, port: BrokerPort, logger: Log) {
    this.#role = role
    this.#port = port
    this.#logger = logger
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  get state(): BrokerState {
    return { role: this.#role, name: this.#port.name, isUp: this.#isUp ?? false }
  }

  /** Whether it is open now. Rejects when it never can be. */
  async open(): Promise<boolean> {
    if (this.#isOpen) return true
    try {
      await this.#port.open()
      this.#isOpen = true
      this.found()
    } catch (error) {
      if (isNotInstalled(error)) throw error
      this.lost(error)
    }
    return this.#isOpen
  }

  lost(error?: unknown): void {
    if (this.#isUp === false) return
    this.#isUp = false
    const text = `${this.#named} is out of reach: ${MEANWHILE[this.#role]}`
    this.#logger.warn(text, toDetails(error))
  }

  found(): void {
    if (this.#isUp === false) this.#logger.info(`${this.#named} is back`)
    this.#isUp = true
  }

  async close(): Promise<void> {
    // One that could not be opened may still be trying to.
    await this.#port.close()
    this.#isOpen = false
  }

  get #named(): string {
    return `the broker for ${this.#role} (${this.#port.name})`
  }
}

/** What an engine says of its broker needs no stack. */
function toDetails(error: unknown): Readonly<Record<string, unknown>> {
  if (error === undefined) return {}
  return error instanceof DispatchError ? { reason: error.message } : { error }
}

function isNotInstalled(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND'
}
