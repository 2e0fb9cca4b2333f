/** When what was said within one turn is told: before anything else, or after I/O that is there. */
type Moment = (tell: () => void) => void

/** Tells queues that work may be there: once per turn, however often it is said. */
export class Wakes {
  readonly #tell: (queue: string) => void
  readonly #moment: Moment
  readonly #waiting = new Set<string>()

  constructor(tell: (queue: string) => void, moment: Moment = queueMicrotask) {
    this.#tell = tell
    this.#moment = moment
  }

  wake(queue: string): void {
    if (this.#waiting.size === 0) this.#moment(() => this.#flush())
    this.#waiting.add(queue)
  }

  #flush(): void {
    const queues = [...this.#waiting]
    this.#waiting.clear()
    for (const queue of queues) this.#tell(queue)
  }
}
