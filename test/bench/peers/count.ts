/** Counts, and tells when a number is reached. */
export class Count {
  #value = 0
  #goal = Number.POSITIVE_INFINITY
  #reached: () => void = () => {}

  add(count = 1): void {
    this.#value += count
    if (this.#value >= this.#goal) this.#reached()
  }

  /** One goal at a time. */
  async reaches(goal: number): Promise<void> {
    if (this.#value >= goal) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#goal = goal
    this.#reached = resolve
    await promise
  }
}
