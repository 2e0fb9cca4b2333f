import type { Tasklet } from '../../core/tasklet.ts'

/** Who has to hear what an operation has done to the store. */
export interface Changes {
  /** These records have a new status: whoever waits for them, or listens, is told. */
  changed(tasklets: readonly Tasklet[]): void
  /** Work may have become ready in the queue. */
  ready(queue: string): void
  /**
   * Something in the store becomes due at this time; milliseconds since the epoch. Left out where
   * nothing is started: a process that only manages.
   */
  expect?(at: number): void
}

/** Tells of records with a new status, of the work among them, and of what becomes due. */
export function tell(changes: Changes, tasklets: readonly Tasklet[]): void {
  changes.changed(tasklets)
  const queues = new Set<string>()
  for (const { status, queue, notBefore } of tasklets) {
    if (status === 'pending') queues.add(queue)
    if (notBefore !== undefined) changes.expect?.(notBefore)
  }
  for (const queue of queues) changes.ready(queue)
}
