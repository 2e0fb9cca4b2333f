import type { Store } from '../../ports/store.ts'
import { readWaits, type Wait } from '../operations/waiting.ts'
import { type Mail, postMail } from './mailbox.ts'
import { isAwaited } from './open-wait.ts'
import { openWaits } from './wait-record.ts'

/** An event that is stored, and is told by one of the runtimes on the store. */
export interface Told extends Mail {
  readonly id: string
  /** The waits that end by it, as far as is known by now. */
  readonly matches: readonly Wait[]
}

/**
 * Stores an event, whoever waits for it. `id`: UUIDv7.
 * @throws {InputError} for a name that only the runtime may use, and for data that JSON cannot hold.
 */
export async function tellEvent(store: Store, id: string, mail: Mail): Promise<Told> {
  const [open, waits] = await Promise.all([openWaits(store), readWaits(store)])
  await postMail(store, id, mail)
  const awaiting = new Set(
    open.filter((wait) => isAwaited(wait, mail)).map(({ taskletId, key }) => `${taskletId} ${key}`),
  )
  const matches = waits.filter(({ taskletId, key }) => awaiting.has(`${taskletId} ${key}`))
  return { id, ...mail, matches }
}
