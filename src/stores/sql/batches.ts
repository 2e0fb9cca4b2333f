interface Waiting<Request, Answer> {
  readonly request: Request
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/** One request of a batch and the answer to it. */
export interface Asked<Request, Answer> {
  readonly request: Request
  answer(answer: Answer): void
  refuse(error: unknown): void
}

interface BatchOptions<Request, Answer> {
  /** Answers or refuses each; when it rejects, those that are left are refused. */
  readonly work: (batch: readonly Asked<Request, Answer>[]) => Promise<void>
  /** How many records a request has. */
  readonly sizeOf: (request: Request) => number
  /** The most records of a batch that has more than one request. */
  readonly limit: number
  /** Batches under way at once. */
  readonly parallel: number
}

/**
 * Group commit: what is asked for while a commit is under way goes together into the next one, and
 * so pays for one transaction.
 */
export class Batches<Request, Answer> {
  readonly #options: BatchOptions<Request, Answer>
  #waiting: Waiting<Request, Answer>[] = []
  readonly #running = new Set<Promise<void>>()
  #isDue = false

  constructor(options: BatchOptions<Request, Answer>) {
    this.#options = options
  }

  run(request: Request): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    this.#waiting.push({ request, resolve, reject })
    if (!this.#isDue && this.#running.size < this.#options.parallel) {
      this.#isDue = true
      // After everything that this turn of the event loop has to ask for.
      setImmediate(() => {
        this.#isDue = false
        this.#start()
      })
    }
    return promise
  }

  /** When nothing is under way any more. */
  async finish(): Promise<void> {
    while (this.#waiting.length > 0 || this.#running.size > 0) {
      this.#start()
      await Promise.all(this.#running)
    }
  }

  #start(): void {
    while (this.#waiting.length > 0 && this.#running.size < this.#options.parallel) {
      const run = this.#work(this.#take()).then(() => {
        this.#running.delete(run)
        this.#start()
      })
      this.#running.add(run)
    }
  }

  #take(): readonly Waiting<Request, Answer>[] {
    const { sizeOf, limit } = this.#options
    let size = 0
    let count = 0
    for (const { request } of this.#waiting) {
      size += sizeOf(request)
      if (count > 0 && size > limit) break
      count += 1
    }
    return this.#waiting.splice(0, count)
  }

  async #work(batch: readonly Waiting<Request, Answer>[]): Promise<void> {
    try {
      await this.#options.work(
        batch.map(({ request, resolve, reject }) => ({ request, answer: resolve, refuse: reject })),
      )
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
}
