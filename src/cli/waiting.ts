import { isFinal } from '../core/status.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { Store } from '../ports/store.ts'
import { toTime } from '../runtime/operations/explain-waiting.ts'
import { openWaits, type StoredWait } from '../runtime/waits/wait-record.ts'
import type { WaitRow } from './backend/rows.ts'

/** A tasklet that waits for an event. */
export interface Waiting {
  readonly wait: StoredWait
  readonly tasklet: Tasklet
}

/** Every wait whose event has not come, of tasklets that have not ended; the oldest first. */
export async function readWaiting(store: Store): Promise<readonly Waiting[]> {
  const waits = await openWaits(store)
  const tasklets = await store.getMany([...new Set(waits.map(({ taskletId }) => taskletId))])
  const byId = new Map(tasklets.map((tasklet) => [tasklet.id, tasklet]))
  return waits
    .flatMap((wait) => {
      const tasklet = byId.get(wait.taskletId)
      return tasklet === undefined || isFinal(tasklet.status) ? [] : [{ wait, tasklet }]
    })
    .sort((one, other) => one.wait.openedAt - other.wait.openedAt)
}

/** As `--json` prints it. */
export function waitingFields({ wait, tasklet }: Waiting): WaitRow {
  const { taskletId, key, pattern, where, openedAt } = wait
  const { plan, task, status, notBefore } = tasklet
  return {
    taskletId,
    task: `${plan}/${task}`,
    status,
    key,
    pattern,
    where,
    openedAt,
    until: toTime(notBefore),
  }
}
