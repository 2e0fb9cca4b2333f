/** What a journal keeps; wrapped, because an output may be undefined. */
export interface KeptStep {
  readonly output: unknown
}

/** Where the outputs of a tasklet's steps are kept. */
export interface Journal {
  find(name: string): Promise<KeptStep | undefined>
  /** Rejects when the output cannot be kept: it is no JSON value, or the lease is lost. */
  keep(name: string, output: unknown): Promise<void>
}

/** The steps of one delivery: each name is run once, and its output is kept before it is given. */
export class Steps {
  readonly #journal: Journal
  readonly #signal: () => AbortSignal
  readonly #underWay = new Map<string, Promise<unknown>>()

  constructor(journal: Journal, signal: () => AbortSignal) {
    this.#journal = journal
    this.#signal = signal
  }

  /** A second call with the name of one under way is given what that one comes to. */
  run<T>(name: string, work: () => T | Promise<T>): Promise<T> {
    // What was kept under the name has the type that its step gave it.
    const first = this.#underWay.get(name) as Promise<T> | undefined
    if (first !== undefined) return first
    const running = this.#run(name, work)
    this.#underWay.set(name, running)
    // A step that failed may be tried again; the caller of this one learns of the failure.
    running.catch(() => this.#underWay.delete(name))
    return running
  }

  async #run<T>(name: string, work: () => T | Promise<T>): Promise<T> {
    this.#signal().throwIfAborted()
    const kept = await this.#journal.find(name)
    if (kept !== undefined) return kept.output as T
    // It may have been told to stop while the journal was read.
    this.#signal().throwIfAborted()
    const output = await work()
    await this.#journal.keep(name, output)
    return output
  }
}
