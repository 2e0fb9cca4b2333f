import type { DispatchDelivery } from '../../ports/dispatch.ts'
import type { LeaseRef } from '../../ports/store-messages.ts'

/**
 * The messages of one queue that this process has in hand. They wait until their tasklets are
 * claimed, and stay in hand while those run, so the broker gives no more than there are slots for.
 */
export class Inbox {
  readonly #waiting = new Map<string, DispatchDelivery>()
  readonly #inWork = new Map<string, DispatchDelivery>()

  get isEmpty(): boolean {
    return this.#waiting.size === 0
  }

  /** False: another message about the same tasklet waits already. */
  receive(delivery: DispatchDelivery): boolean {
    if (this.#waiting.has(delivery.id)) {
      void delivery.ack()
      return false
    }
    this.#waiting.set(delivery.id, delivery)
    return true
  }

  has(id: string): boolean {
    return this.#waiting.has(id)
  }

  /** The ids that are most urgent; they stay here. */
  first(limit: number): readonly string[] {
    const waiting = [...this.#waiting.values()]
    if (waiting.length > limit) waiting.sort((one, other) => one.priority - other.priority)
    return waiting.slice(0, limit).map(({ id }) => id)
  }

  /** The tasklet runs here now; its message, if there is one, stays in hand until it has ended. */
  claimed(lease: LeaseRef): void {
    const delivery = this.#waiting.get(lease.id)
    if (delivery === undefined) return
    this.#waiting.delete(lease.id)
    this.#inWork.set(toKey(lease), delivery)
  }

  ended(lease: LeaseRef): void {
    const key = toKey(lease)
    void this.#inWork.get(key)?.ack()
    this.#inWork.delete(key)
  }

  /** Those of them that still wait have served their purpose. */
  dismiss(ids: readonly string[]): void {
    for (const id of ids) {
      void this.#waiting.get(id)?.ack()
      this.#waiting.delete(id)
    }
  }

  /**
   * Those of them that still wait are for others, who may have them now: but once, because nobody
   * may be there who wants them, and they would keep coming back and be in the way of ours.
   */
  passOn(ids: readonly string[]): void {
    for (const id of ids) {
      const delivery = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (delivery?.redelivered) void delivery.ack()
      else void delivery?.nack()
    }
  }

  /**
   * What waits goes back: a broker that was lost hands it out again in any case, and one that only
   * takes nothing would count it against us for good. What is in work is acknowledged at its end.
   */
  giveBack(): void {
    for (const delivery of this.#waiting.values()) void delivery.nack()
    this.#waiting.clear()
  }
}

/** The same tasklet may have come back under another lease while the first one still ends. */
function toKey({ id, token }: LeaseRef): string {
  return `${token} ${id}`
}
