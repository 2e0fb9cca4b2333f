import type { Log } from '../plan/handler.ts'
import type { EventBus } from './events/event-bus.ts'

/** Where trouble goes that no caller can be told of. */
export class Reports {
  readonly #logger: Log
  readonly #bus: () => EventBus

  constructor(logger: Log, bus: () => EventBus) {
    this.#logger = logger
    this.#bus = bus
  }

  failed(error: unknown): void {
    this.#logger.error('something of ours failed', { error })
  }

  storeFailed(operation: string, error: unknown): void {
    this.#logger.error(`the store failed to ${operation}`, { error })
    this.#bus().emit('store.failed', { operation, error })
  }

  restarted(id: string, delay: number, error: unknown): void {
    this.#logger.warn(`actor ${id} crashed and starts again`, { delay, error })
    this.#bus().emit('actor.restarted', { id, delay, error })
  }
}
