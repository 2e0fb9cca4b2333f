import type { Tasklet } from '../../core/tasklet.ts'
import type { Settings } from '../options/options.ts'

/**
 * Of the tasklets that become poison if they are not settled this time, only one runs at a time, in
 * whatever queue: so when one has ended, every queue may have work that it kept back.
 */
export class LastDeliveries {
  /** Deliveries lost after which the next is the last; undefined: there is no such thing. */
  readonly after: number | undefined
  readonly #queues: Settings['queues']
  readonly #wakeAll: (queues: Iterable<string>) => void

  constructor(
    { maxDeliveries, queues }: Pick<Settings, 'maxDeliveries' | 'queues'>,
    wakeAll: (queues: Iterable<string>) => void,
  ) {
    // If the first were the last, everything would have to run one by one.
    this.after = maxDeliveries > 1 ? maxDeliveries - 1 : undefined
    this.#queues = queues
    this.#wakeAll = wakeAll
  }

  /** A delivery of this record, as it was leased, has ended. */
  ended({ deliveries, attempts }: Tasklet): void {
    // Each earlier delivery was lost, or settled with or without a failure: so these at the most.
    const lost = deliveries - 1 - attempts
    if (this.after !== undefined && lost >= this.after) this.#wakeAll(this.#queues.keys())
  }
}
