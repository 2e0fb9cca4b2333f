import type { Tasklet } from '../../core/tasklet.ts'
import type { SweepRequest } from '../../ports/store-messages.ts'

/** The final records that a sweep removes: the oldest first, those that are `needed` never. */
export function toSweep(
  records: Iterable<Tasklet>,
  request: SweepRequest,
  isNeeded: (id: string) => boolean,
): Tasklet[] {
  const done: Tasklet[] = []
  const dead: Tasklet[] = []
  for (const record of records) {
    if (record.settledAt === undefined) continue
    if (record.status === 'failed') dead.push(record)
    else if (record.status === 'completed' || record.status === 'cancelled') done.push(record)
  }
  done.sort((one, other) => settledAt(one) - settledAt(other))
  const excess = done.length - request.keep
  const old = [
    ...done.filter((one, index) => index < excess || settledAt(one) < request.settledBefore),
    ...dead.filter((one) => settledAt(one) < request.failedBefore),
  ]
  return old.filter(({ id }) => !isNeeded(id)).slice(0, request.limit)
}

function settledAt(tasklet: Tasklet): number {
  return tasklet.settledAt ?? Number.NEGATIVE_INFINITY
}
