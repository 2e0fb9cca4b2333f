import type { Tasklet } from '../../core/tasklet.ts'
import type { QueueInfo } from '../../ports/store-messages.ts'
import type { Records } from './records.ts'

/** Every queue that has tasklets or was paused, by name; `paused` is false for one that was resumed. */
export function listQueues(
  records: Records,
  paused: ReadonlyMap<string, boolean>,
): readonly QueueInfo[] {
  const names = new Set([...records.counts.queues(), ...paused.keys()])
  return [...names].sort().map((queue) => ({
    queue,
    paused: paused.get(queue) ?? false,
    counts: records.counts.total(queue),
    oldestPending: oldestOf(records.pending(queue)),
  }))
}

function oldestOf(tasklets: readonly Tasklet[]): number | undefined {
  return tasklets.reduce<number | undefined>(
    (oldest, { createdAt }) => Math.min(oldest ?? createdAt, createdAt),
    undefined,
  )
}
