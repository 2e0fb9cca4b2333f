import { InputError } from '../../core/errors.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { Client } from '../../gateway/client/client.ts'
import type { Page } from '../../ports/store-messages.ts'
import type { ReplayReport } from '../../runtime/operations/dead-letters.ts'
import type { DeadLetterAccess, TaskAccess } from './backend.ts'
import { given } from './remote-tasks.ts'

/** As many as one request takes. */
const BATCH = 500

export function remoteDeadLetters(
  { deadLetters }: Client,
  { find }: Pick<TaskAccess, 'find'>,
): DeadLetterAccess {
  return {
    async list(filter, page) {
      const query = { ...given(filter), ...given(page) }
      return (await deadLetters.list(query)) as unknown as Page<Tasklet>
    },
    async show(id) {
      const tasklet = await find(id)
      if (tasklet.status === 'failed') return tasklet
      throw new InputError(`tasklet ${tasklet.id} is no dead letter: it is ${tasklet.status}`)
    },
    async replay(ids) {
      const reports: ReplayReport[] = []
      for (const batch of batches(ids)) reports.push(await deadLetters.replay({ ids: batch }))
      return {
        replayed: reports.flatMap(({ replayed }) => replayed),
        refused: reports.flatMap(({ refused }) => refused),
      }
    },
    async discard(ids) {
      let discarded = 0
      for (const batch of batches(ids)) discarded += await deadLetters.discard({ ids: batch })
      return discarded
    },
  }
}

function* batches(ids: readonly string[]): Generator<string[]> {
  for (let start = 0; start < ids.length; start += BATCH) yield ids.slice(start, start + BATCH)
}
