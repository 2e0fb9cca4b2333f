import { systemClock } from '../../runtime/clock.ts'
import { readSteps } from '../../runtime/operations/steps.ts'
import { readTimeline } from '../../runtime/operations/timeline.ts'
import { openWaits } from '../../runtime/waits/wait-record.ts'
import { deadLettersOf, explainerOf } from '../operations.ts'
import type { TaskAccess } from './backend.ts'
import { findTasklet } from './find.ts'
import type { LocalParts } from './local-parts.ts'

const clock = systemClock

export function localTasks({ database, plans }: LocalParts): TaskAccess {
  const find: TaskAccess['find'] = async (id) => findTasklet(await database.existing(), id)
  return {
    find,
    async list(filter, page) {
      return (await database.existing()).list({ ...filter, ...page })
    },
    async waits(id) {
      return openWaits(await database.existing(), (await find(id)).id)
    },
    async steps(id) {
      return readSteps({ store: await database.existing() }, (await find(id)).id)
    },
    async explain(id) {
      const known = await plans.ifAny()
      const store = await database.existing()
      return explainerOf(store, known).explain((await find(id)).id)
    },
    async cancel(id, reason) {
      const store = await database.existing()
      const error = { kind: 'cancelled', message: reason } as const
      return (await store.cancel((await find(id)).id, error, clock.now())).outcome
    },
    async retry(id) {
      const known = await plans.ifAny()
      const store = await database.existing()
      const tasklet = await find(id)
      const [replay] = (await deadLettersOf(store, known).replay(tasklet.id)).replayed
      if (replay === undefined) throw new Error(`tasklet ${id} was neither replayed nor refused`)
      return replay
    },
    async timeline(filter, page) {
      const store = await database.existing()
      const services = { store, clock, executingSince: () => undefined }
      return readTimeline(services, { ...filter, ...page })
    },
  }
}
