/** A pending or running tasklet that has lost deliveries since its last settlement. */
export interface Loss<Key> {
  readonly key: Key
  /** How many it has lost. */
  readonly lost: number
  readonly isRunning: boolean
}

/**
 * Which tasklets one claim may start for the last time: a single one, and none beside another. When
 * a process dies, each tasklet that it ran has lost a delivery, whichever of them ended it. One that
 * runs for the last time alone among its like is poison for its own sake.
 */
export class LastDeliveries<Key> {
  readonly #pending = new Set<Key>()
  #isTaken = false

  /** `last`: lost deliveries after which the next is the last. */
  constructor(losses: Iterable<Loss<Key>>, last: number) {
    for (const { key, lost, isRunning } of losses) {
      if (lost < Math.max(last, 1)) continue
      if (isRunning) this.#isTaken = true
      else this.#pending.add(key)
    }
  }

  /** Whether the tasklet may start; asked once for each, because yes takes the only place. */
  admits(key: Key): boolean {
    if (!this.#pending.has(key)) return true
    if (this.#isTaken) return false
    this.#isTaken = true
    return true
  }
}
