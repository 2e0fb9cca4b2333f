import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { CancelOutcome } from '../../ports/store-messages.ts'
import type { EventBus } from '../events/event-bus.ts'
import { TaskletStreams } from '../events/tasklet-streams.ts'
import type { HandleServices } from './handle.ts'
import type { Results } from './results.ts'

export interface HandleParts {
  readonly store: Store
  readonly clock: Clock
  readonly results: Results
  readonly bus: EventBus
  cancel(id: string, reason?: string): Promise<CancelOutcome>
}

/** What handles ask, over the parts of an engine. */
export function createHandleServices(parts: HandleParts): HandleServices {
  const { store, clock, results, bus } = parts
  const get = (id: string) => store.get(id)
  const streams = new TaskletStreams({ bus, get, output: (id) => results.of(id) })
  return {
    clock,
    get,
    events: (id, signal) => streams.open(id, signal),
    cancel: (id, reason) => parts.cancel(id, reason),
    output: (id, since) => results.of(id, since),
    get moment() {
      return results.moment
    },
  }
}
