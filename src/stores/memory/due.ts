import type { Tasklet } from '../../core/tasklet.ts'
import { Ordered } from './ordered.ts'

/**
 * Records by a time: when they may run, or when their lease ends. An entry whose record is no
 * longer the current one is dropped when it comes to the front.
 */
export class Due {
  readonly #entries = new Ordered<Tasklet>()
  readonly #isCurrent: (tasklet: Tasklet) => boolean

  constructor(isCurrent: (tasklet: Tasklet) => boolean) {
    this.#isCurrent = isCurrent
  }

  add(at: number, tasklet: Tasklet): void {
    this.next()
    this.#entries.push(at, tasklet)
  }

  /** The earliest time; undefined when nothing waits. */
  next(): number | undefined {
    for (let first = this.#entries.peek(); first !== undefined; first = this.#entries.peek()) {
      if (this.#isCurrent(first)) return this.#entries.lowest()
      this.#entries.pop()
    }
    return undefined
  }

  /** Takes out everything whose time has come. */
  take(now: number): Tasklet[] {
    const taken: Tasklet[] = []
    for (let at = this.next(); at !== undefined && at <= now; at = this.next()) {
      const tasklet = this.#entries.pop()
      if (tasklet !== undefined) taken.push(tasklet)
    }
    return taken
  }
}
