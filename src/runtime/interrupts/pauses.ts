import type { Delivery } from '../deliveries/delivery.ts'

/** Work that two rules have paused goes on when both let go of it. */
export class Pauses {
  readonly #holds = new Map<Delivery, number>()

  pause(delivery: Delivery): void {
    const holds = this.#holds.get(delivery) ?? 0
    this.#holds.set(delivery, holds + 1)
    if (holds === 0) delivery.pause()
  }

  resume(delivery: Delivery): void {
    const holds = this.#holds.get(delivery) ?? 0
    if (holds > 1) {
      this.#holds.set(delivery, holds - 1)
      return
    }
    this.#holds.delete(delivery)
    delivery.resume()
  }
}
