import { InputError } from '../../core/errors.ts'
import { createIdSource } from '../../core/id.ts'
import { systemClock } from '../../runtime/clock.ts'
import { readWaits } from '../../runtime/operations/waiting.ts'
import { tellEvent } from '../../runtime/waits/telling.ts'
import type { EventAccess } from './backend.ts'
import type { LocalParts } from './local-parts.ts'

export function localEvents({ database }: LocalParts): EventAccess {
  return {
    async emit(name, data) {
      const id = createIdSource(systemClock.now)()
      const mail = { name, data, at: systemClock.now() }
      return tellEvent(await database.existing(), id, mail)
    },
    async waits() {
      return readWaits(await database.existing())
    },
    tail() {
      throw new InputError('a database tells no events: name the server that runs with --url')
    },
  }
}
