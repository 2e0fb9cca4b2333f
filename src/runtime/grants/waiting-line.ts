import { fullTaskName } from '../../core/tasklet.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import { byPriorityThenAge } from './affinity.ts'

/** The deliveries that wait for a grant: by priority, then age. They hold nothing. */
export class WaitingLine {
  #waiters: Delivery[] = []
  /** Waiters of each task in each queue. */
  readonly #counts = new Map<string, Map<string, number>>()

  get waiters(): readonly Delivery[] {
    return this.#waiters
  }

  get isEmpty(): boolean {
    return this.#waiters.length === 0
  }

  add(delivery: Delivery): void {
    const at = this.#waiters.findIndex(
      (waiter) => byPriorityThenAge(delivery.tasklet, waiter.tasklet) < 0,
    )
    this.#waiters.splice(at === -1 ? this.#waiters.length : at, 0, delivery)
    this.#count(delivery, 1)
  }

  /** Does nothing for one that does not wait. */
  remove(delivery: Delivery): void {
    const at = this.#waiters.indexOf(delivery)
    if (at === -1) return
    this.#waiters.splice(at, 1)
    this.#count(delivery, -1)
  }

  /** How many of each task wait, by full name. */
  counts(queue: string): ReadonlyMap<string, number> {
    return this.#counts.get(queue) ?? NOBODY
  }

  #count({ tasklet }: Delivery, change: 1 | -1): void {
    const counts = this.#counts.get(tasklet.queue) ?? new Map<string, number>()
    this.#counts.set(tasklet.queue, counts)
    const name = fullTaskName(tasklet)
    const count = (counts.get(name) ?? 0) + change
    if (count === 0) counts.delete(name)
    else counts.set(name, count)
  }
}

const NOBODY: ReadonlyMap<string, number> = new Map()
