/** How many tasklets of each queue run at once. */
export class Slots {
  readonly #limit: (queue: string) => number
  readonly #taken = new Map<string, number>()

  constructor(limit: (queue: string) => number) {
    this.#limit = limit
  }

  /** Slots of the queue that nobody holds; below 0 when there are fewer than there were. */
  room(queue: string): number {
    return this.#limit(queue) - (this.#taken.get(queue) ?? 0)
  }

  take(queue: string): void {
    this.#taken.set(queue, (this.#taken.get(queue) ?? 0) + 1)
  }

  giveBack(queue: string): void {
    this.#taken.set(queue, (this.#taken.get(queue) ?? 0) - 1)
  }
}
