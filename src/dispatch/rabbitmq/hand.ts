/** How many messages a consumer may take, and who waits until it may take one. */
export class Hand {
  #free: number
  #waiting: (() => void) | undefined

  constructor(capacity: number) {
    this.#free = capacity
  }

  get free(): number {
    return this.#free
  }

  /** Takes a place, if there is one. */
  reserve(): boolean {
    if (this.#free === 0) return false
    this.#free -= 1
    return true
  }

  release(): void {
    this.#free += 1
    this.wake()
  }

  /** Resolves with the next release. */
  released(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = resolve
    })
  }

  /** Whoever waits for a place looks again. */
  wake(): void {
    this.#waiting?.()
    this.#waiting = undefined
  }
}
