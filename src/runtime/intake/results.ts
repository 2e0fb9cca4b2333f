import { InputError, TaskletError } from '../../core/errors.ts'
import { isFinal } from '../../core/status.ts'
import type { Tasklet } from '../../core/tasklet.ts'

export interface ResultSource {
  /** The stored record. */
  get(id: string): Promise<Tasklet | undefined>
  getMany(ids: readonly string[]): Promise<readonly Tasklet[]>
}

/** Those who wait for the output of a tasklet. */
export class Results {
  readonly #waiting = new Map<string, PromiseWithResolvers<unknown>>()
  readonly #source: ResultSource
  #moment = 0

  constructor(source: ResultSource) {
    this.#source = source
  }

  /**
   * Stands for what has been settled so far. A tasklet that was not final at this moment need not be
   * looked up by who asks for its output before the next.
   */
  get moment(): number {
    return this.#moment
  }

  /**
   * The output, once the tasklet is final; rejects with TaskletError when it has none. `since`: the
   * moment at which the tasklet was known not to be final.
   */
  of(id: string, since?: number): Promise<unknown> {
    const known = this.#waiting.get(id)
    if (known !== undefined) return known.promise
    const entry = Promise.withResolvers<unknown>()
    this.#waiting.set(id, entry)
    if (since !== this.#moment) this.#lookUp(id)
    return entry.promise
  }

  /** Looks in the store for ends that another process may have written. */
  async refresh(): Promise<void> {
    this.#moment += 1
    if (this.#waiting.size === 0) return
    for (const tasklet of await this.#source.getMany([...this.#waiting.keys()])) {
      this.settled(tasklet)
    }
  }

  settled(tasklet: Tasklet): void {
    if (!isFinal(tasklet.status)) return
    this.#moment += 1
    const entry = this.#waiting.get(tasklet.id)
    if (entry === undefined) return
    this.#waiting.delete(tasklet.id)
    if (tasklet.status === 'completed') entry.resolve(tasklet.output)
    else entry.reject(toTaskletError(tasklet))
  }

  /** Nobody will tell the others any more. */
  close(reason: Error): void {
    for (const { promise, reject } of this.#waiting.values()) {
      // Whoever awaits it still gets the reason; one that nobody awaits must not end the process.
      promise.catch(() => {})
      reject(reason)
    }
    this.#waiting.clear()
  }

  /** It may have ended before anybody waited. */
  #lookUp(id: string): void {
    this.#source.get(id).then(
      (known) => {
        if (known === undefined)
          this.#refuse(id, new InputError(`there is no tasklet ${id} any more`))
        else this.settled(known)
      },
      (error) => this.#refuse(id, error),
    )
  }

  #refuse(id: string, error: unknown): void {
    this.#waiting.get(id)?.reject(error)
    this.#waiting.delete(id)
  }
}

function toTaskletError(tasklet: Tasklet): TaskletError {
  const error = tasklet.error ?? { kind: 'error', message: `the tasklet is ${tasklet.status}` }
  return new TaskletError(tasklet.id, error)
}
