import { isFinal, type Status } from '../../core/status.ts'
import { fullTaskName } from '../../core/tasklet.ts'
import type { Store } from '../../ports/store.ts'
import { openWaits } from '../waits/wait-record.ts'
import { toTime } from './explain-waiting.ts'

/** A wait for an event that has not come; times are milliseconds since the epoch. */
export interface Wait {
  readonly taskletId: string
  /** `plan/task` */
  readonly task: string
  readonly status: Status
  /** Names the wait within its tasklet. */
  readonly key: string
  /** Of event names. */
  readonly pattern: string
  /** An expression; undefined: every event of the pattern will do. */
  readonly where: string | undefined
  readonly openedAt: number
  /** When it is given up; undefined: never. */
  readonly until: number | undefined
}

/** What tasklets that have not ended wait for: of one, or of all; the oldest first. */
export async function readWaits(
  store: Pick<Store, 'facts' | 'getMany'>,
  id?: string,
): Promise<readonly Wait[]> {
  const waits = await openWaits(store, id)
  const tasklets = await store.getMany([...new Set(waits.map(({ taskletId }) => taskletId))])
  const byId = new Map(tasklets.map((tasklet) => [tasklet.id, tasklet]))
  return waits
    .flatMap(({ taskletId, key, pattern, where, openedAt }) => {
      const tasklet = byId.get(taskletId)
      if (tasklet === undefined || isFinal(tasklet.status)) return []
      const { status, notBefore } = tasklet
      const until = toTime(notBefore)
      return [
        { taskletId, task: fullTaskName(tasklet), status, key, pattern, where, openedAt, until },
      ]
    })
    .toSorted((one, other) => one.openedAt - other.openedAt)
}
