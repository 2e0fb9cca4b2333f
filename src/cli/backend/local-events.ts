import { InputError } from '../../core/errors.ts'
import { createIdSource } from '../../core/id.ts'
import { systemClock } from '../../runtime/clock.ts'
import { postMail } from '../../runtime/waits/mailbox.ts'
import { isAwaited } from '../../runtime/waits/open-wait.ts'
import { readWaiting, waitingFields } from '../waiting.ts'
import type { EventAccess } from './backend.ts'
import type { LocalParts } from './local.ts'

export function localEvents({ database }: LocalParts): EventAccess {
  return {
    async emit(name, data) {
      const id = createIdSource(systemClock.now)()
      const mail = { name, data, at: systemClock.now() }
      const store = await database.existing()
      const waiting = await readWaiting(store)
      await postMail(store, id, mail)
      const awaiting = waiting.filter(({ wait }) => isAwaited(wait, mail))
      return { id, ...mail, matches: awaiting.map(waitingFields) }
    },
    async waits() {
      return (await readWaiting(await database.existing())).map(waitingFields)
    },
    tail() {
      throw new InputError('a database tells no events: name the server that runs with --url')
    },
  }
}
