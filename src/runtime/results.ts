import { TaskletError } from '../core/errors.ts'
import { isFinal } from '../core/status.ts'
import type { Tasklet } from '../core/tasklet.ts'

/** Those who wait for the end of a tasklet. */
export class Results {
  readonly #waiting = new Map<string, PromiseWithResolvers<Tasklet>>()

  /** Resolves with the record when it is final. */
  wait(id: string): Promise<Tasklet> {
    const known = this.#waiting.get(id)
    if (known !== undefined) return known.promise
    const entry = Promise.withResolvers<Tasklet>()
    this.#waiting.set(id, entry)
    return entry.promise
  }

  /** The tasklets that somebody waits for. */
  get ids(): readonly string[] {
    return [...this.#waiting.keys()]
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
}

/** The output of a final record. @throws {TaskletError} when it has none. */
export function outputOf(tasklet: Tasklet): unknown {
  if (tasklet.status === 'completed') return tasklet.output
  const error = tasklet.error ?? { kind: 'error', message: `the tasklet is ${tasklet.status}` }
  throw new TaskletError(tasklet.id, error)
}
