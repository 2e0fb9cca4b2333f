import type { Tasklet } from '../../core/tasklet.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Reports } from '../reports.ts'
import { Mailbox } from './mailbox.ts'
import { Waits } from './waits.ts'

export interface WaitParts {
  readonly store: Store
  readonly clock: Clock
  readonly bus: EventBus
}

/** The waits for events of one runtime, and its way to events from outside. */
export function createWaits(
  { store, clock, bus }: WaitParts,
  reports: Reports,
  changed: (tasklets: readonly Tasklet[]) => void,
): { readonly waits: Waits; readonly mailbox: Mailbox } {
  const failed = (error: unknown) => reports.failed(error)
  const storeFailed = (operation: string, error: unknown) => reports.storeFailed(operation, error)
  const waits = new Waits({ store, clock, bus, changed, failed, storeFailed })
  return { waits, mailbox: new Mailbox({ store, bus, waits, failed, storeFailed }) }
}
