/** Tells queues that work may be there: once per turn, however often it is said. */
export class Wakes {
  readonly #tell: (queue: string) => void
  readonly #waiting = new Set<string>()

  constructor(tell: (queue: string) => void) {
    this.#tell = tell
  }

  wake(queue: string): void {
    if (this.#waiting.size === 0) queueMicrotask(() => this.#flush())
    this.#waiting.add(queue)
  }

  #flush(): void {
    const queues = [...this.#waiting]
    this.#waiting.clear()
    for (const queue of queues) this.#tell(queue)
  }
}
