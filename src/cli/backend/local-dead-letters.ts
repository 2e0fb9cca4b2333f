import { deadLettersOf } from '../operations.ts'
import type { DeadLetterAccess } from './backend.ts'
import { findTasklet } from './find.ts'
import type { LocalParts } from './local-parts.ts'

export function localDeadLetters({ database, plans }: LocalParts): DeadLetterAccess {
  const letters = async () => deadLettersOf(await database.existing(), [])
  return {
    async list(filter, page) {
      return (await letters()).list({ ...filter, ...page })
    },
    async show(id) {
      const tasklet = await findTasklet(await database.existing(), id)
      return (await letters()).show(tasklet.id)
    },
    async replay(ids) {
      const known = await plans.ifAny()
      return deadLettersOf(await database.existing(), known).replay(ids)
    },
    async discard(ids) {
      return (await letters()).discard(ids)
    },
  }
}
