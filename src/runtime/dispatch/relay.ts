import { fullTaskName } from '../../core/tasklet.ts'
import type { Dispatch, DispatchMessage } from '../../ports/dispatch.ts'
import type { OutboxEntry } from '../../ports/outbox.ts'
import type { Store } from '../../ports/store.ts'
import { OutboxPump, type OutboxPumpOptions, type OutboxPumpServices } from './outbox-pump.ts'

export interface RelayServices extends OutboxPumpServices {
  readonly store: OutboxPumpServices['store'] & Pick<Store, 'getMany'>
  readonly dispatch: Pick<Dispatch, 'publish'>
  /** Full names of tasks whose tasklets are pulled, and never claimed by a queue. */
  external(): readonly string[]
}

/** Milliseconds after which others relay what a process has taken. */
const LEASE = 10_000
/** What was noted longer ago has probably been found by others; milliseconds. */
const FRESH = 2000

/** Tells the broker which tasklets have become ready: those of this process, and what others left. */
export function createRelay(
  services: RelayServices,
  outcome: Pick<OutboxPumpOptions, 'failed' | 'recovered'>,
): OutboxPump {
  return new OutboxPump(services, {
    kind: 'ready',
    lease: LEASE,
    async tell(entries) {
      const messages = (await worthTelling(services, entries)).map(toMessage)
      if (messages.length > 0) await services.dispatch.publish(messages)
    },
    ...outcome,
  })
}

/** After the broker was away most of what it should have been told has been found without it. */
async function worthTelling(
  { store, clock, external }: RelayServices,
  entries: readonly OutboxEntry[],
): Promise<readonly OutboxEntry[]> {
  const pulled = external()
  const claimed = entries.filter((entry) => !pulled.includes(fullTaskName(entry)))
  const old = claimed.filter(({ at }) => at < clock.now() - FRESH)
  if (old.length === 0) return claimed
  const records = await store.getMany([...new Set(old.map(({ id }) => id))])
  const waiting = new Set(records.filter(({ status }) => status === 'pending').map(({ id }) => id))
  return claimed.filter((entry) => waiting.has(entry.id) || !old.includes(entry))
}

function toMessage({ id, queue, priority, deliveries }: OutboxEntry): DispatchMessage {
  return { id, queue, priority, deliveries }
}
