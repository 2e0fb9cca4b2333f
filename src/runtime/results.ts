import { TaskletError } from '../core/errors.ts'
import { isFinal } from '../core/status.ts'
import type { Tasklet } from '../core/tasklet.ts'

/** Those who wait for the end of a tasklet. */
export class Results {
  readonly #waiting = new Map<string, PromiseWithResolvers<Tasklet>>()
  readonly #get: (id: string) => Promise<Tasklet | undefined>

  /** `get`: the stored record. */
  constructor(get: (id: string) => Promise<Tasklet | undefined>) {
    this.#get = get
  }

  /** Resolves with the record when it is final. */
  of(id: string): Promise<Tasklet> {
    const entry = this.#entry(id)
    // It may have ended before anybody waited.
    this.#get(id).then(
      (known) => known !== undefined && this.settled(known),
      (error) => {
        this.#waiting.delete(id)
        entry.reject(error)
      },
    )
    return entry.promise
  }

  /** Looks in the store for ends that another process may have written. */
  async refresh(): Promise<void> {
    for (const id of [...this.#waiting.keys()]) {
      const tasklet = await this.#get(id)
      if (tasklet !== undefined) this.settled(tasklet)
    }
  }

  settled(tasklet: Tasklet): void {
    if (this.#waiting.size === 0 || !isFinal(tasklet.status)) return
    this.#waiting.get(tasklet.id)?.resolve(tasklet)
    this.#waiting.delete(tasklet.id)
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

  #entry(id: string): PromiseWithResolvers<Tasklet> {
    const known = this.#waiting.get(id)
    if (known !== undefined) return known
    const entry = Promise.withResolvers<Tasklet>()
    this.#waiting.set(id, entry)
    return entry
  }
}

/** The output of a final record. @throws {TaskletError} when it has none. */
export function outputOf(tasklet: Tasklet): unknown {
  if (tasklet.status === 'completed') return tasklet.output
  const error = tasklet.error ?? { kind: 'error', message: `the tasklet is ${tasklet.status}` }
  throw new TaskletError(tasklet.id, error)
}
