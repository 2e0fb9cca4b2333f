export interface MilestoneEffects {
  /** Everything resident is ready. */
  started(): void
  /** Ended as asked. */
  stopped(): void
  /** The runtime cannot go on: lets go of everything, the store included. */
  failed(error: unknown): Promise<void>
}

/** The two ends of a runtime, each reached once, by one way. */
export class Milestones {
  readonly #effects: MilestoneEffects
  readonly #started = Promise.withResolvers<void>()
  readonly #ended = Promise.withResolvers<unknown>()
  #over = false

  constructor(effects: MilestoneEffects) {
    this.#effects = effects
  }

  /** Rejects with what kept the runtime from starting. */
  get started(): Promise<void> {
    return this.#started.promise
  }

  /** Resolves, with the failure if it was one, when everything has ended. */
  get ended(): Promise<unknown> {
    return this.#ended.promise
  }

  ready(): void {
    this.#effects.started()
    this.#started.resolve()
  }

  /** The root actor has come to its end. */
  stopped(failure: unknown): void {
    if (failure !== undefined) this.fail(failure)
    else if (!this.#over) {
      this.#over = true
      this.#effects.stopped()
      this.#ended.resolve(undefined)
    }
  }

  fail(error: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#started.reject(error)
    this.#effects.failed(error).then(
      () => this.#ended.resolve(error),
      (closing) => this.#ended.resolve(new AggregateError([error, closing])),
    )
  }
}
