import type { Tasklet } from '../../core/tasklet.ts'
import type { Client } from '../../gateway/client/client.ts'
import { ProblemError } from '../../gateway/client/problem-error.ts'
import type { Page } from '../../ports/store-messages.ts'
import type { Explanation } from '../../runtime/operations/reason.ts'
import type { TimelineEntry } from '../../runtime/operations/timeline.ts'
import type { StepReport } from '../../runtime/steps/step-log.ts'
import type { TaskAccess } from './backend.ts'
import { findTasklet, type TaskletSource } from './find.ts'

/** Records come as JSON in the form of the envelope, whose schema the server holds them to. */
export function remoteTasks(client: Client): TaskAccess {
  const { tasks } = client
  const source = remoteSource(client)
  const find: TaskAccess['find'] = (id) => findTasklet(source, id)
  return {
    find,
    async list({ status, ...filter }, page) {
      const query = { ...given(filter), ...given(page), ...(status && { status: [...status] }) }
      return (await tasks.list(query)) as unknown as Page<Tasklet>
    },
    async waits(id) {
      return (await client.waits((await find(id)).id)) as never
    },
    async steps(id) {
      const { steps } = await tasks.timeline((await find(id)).id)
      return steps as readonly StepReport[]
    },
    async explain(id) {
      return (await tasks.explain((await find(id)).id)) as Explanation
    },
    async cancel(id, reason) {
      const tasklet = await find(id)
      try {
        return (await tasks.cancel(tasklet.id, reason)).outcome
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error
        if (error.status === 409) return 'settled'
        if (error.status === 404) return 'missing'
        throw error
      }
    },
    async retry(id) {
      const { id: replayOf } = await find(id)
      return { id: (await tasks.retry(replayOf)).id, replayOf }
    },
    async timeline(filter, page) {
      const query = { ...given(filter), ...given(page) }
      return (await tasks.timelines(query)) as unknown as Page<TimelineEntry>
    },
  }
}

/** Where the tasklets of a server are looked up. */
function remoteSource({ tasks }: Client): TaskletSource {
  return {
    async get(id) {
      try {
        return toTasklet(await tasks.get(id))
      } catch (error) {
        if (error instanceof ProblemError && error.status === 404) return undefined
        throw error
      }
    },
    async list(filter) {
      return (await tasks.list(given(filter))) as unknown as Page<Tasklet>
    },
  }
}

/** The record alone, as it is stored. */
export function toTasklet(view: { readonly [key: string]: unknown }): Tasklet {
  const { phase: _, ...record } = view
  return record as unknown as Tasklet
}

type Given<T> = { [Key in keyof T]: Exclude<T[Key], undefined> }

/** Without what was not given: it is no part of a query. */
export function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Given<T>
}
