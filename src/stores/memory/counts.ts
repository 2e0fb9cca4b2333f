import { noCounts, STATUSES, type StatusCounts } from '../../core/status.ts'

/** How many records have each status, by queue. */
export class QueueCounts {
  readonly #byQueue = new Map<string, StatusCounts>()

  of(queue: string): StatusCounts {
    let counts = this.#byQueue.get(queue)
    if (counts === undefined) {
      counts = noCounts()
      this.#byQueue.set(queue, counts)
    }
    return counts
  }

  total(queue: string | undefined): StatusCounts {
    const total = noCounts()
    for (const [name, counts] of this.#byQueue) {
      if (queue !== undefined && queue !== name) continue
      for (const status of STATUSES) total[status] += counts[status]
    }
    return total
  }

  /** The queues that have records. */
  queues(): string[] {
    const filled: string[] = []
    for (const [queue, counts] of this.#byQueue) {
      if (STATUSES.some((status) => counts[status] > 0)) filled.push(queue)
    }
    return filled
  }

  waiting(queue: string): number {
    const counts = this.#byQueue.get(queue)
    if (counts === undefined) return 0
    return counts.blocked + counts.scheduled + counts.pending + counts.retrying
  }
}
