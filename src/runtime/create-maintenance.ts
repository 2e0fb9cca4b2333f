import type { Tasklet } from '../core/tasklet.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { Claims } from './claims/claims.ts'
import type { Deliveries } from './deliveries/deliveries.ts'
import type { HoldsMirror } from './grants/holds-mirror.ts'
import type { Intake } from './intake/intake.ts'
import type { Results } from './intake/results.ts'
import type { Interrupts } from './interrupts/interrupts.ts'
import { Maintenance } from './maintenance.ts'
import type { Settings } from './options/options.ts'
import type { PassivatedRuns } from './plans/passivated-runs.ts'
import type { Reports } from './reports.ts'
import type { Schedules } from './schedules/schedules.ts'
import type { Mailbox } from './waits/mailbox.ts'
import type { Waits } from './waits/waits.ts'

/** Parts that are there by the time that maintenance starts. */
export interface MaintenanceParts {
  readonly deliveries: Deliveries
  readonly claims: Claims
  readonly intake: Intake
  readonly results: Results
  readonly interrupts: Interrupts
  readonly schedules: Pick<Schedules, 'refresh'>
  readonly waits: Waits
  readonly passivated: PassivatedRuns
  readonly mailbox: Mailbox
  readonly mirror: Pick<HoldsMirror, 'changed' | 'refresh'>
  changed(tasklets: readonly Tasklet[]): void
}

/** The upkeep of the store, and whom it tells what it found. */
export function createMaintenance(
  { store, clock, settings }: { store: Store; clock: Clock; settings: Settings },
  reports: Reports,
  parts: MaintenanceParts,
): Maintenance {
  const { lease, maxDeliveries, queues } = settings
  return new Maintenance(
    store,
    clock,
    { lease, maxDeliveries },
    {
      leases: () => parts.deliveries.leases(),
      renewed: (renewal, leases) => parts.deliveries.renewed(renewal, leases),
      rescued: (tasklets) => {
        parts.claims.rescued(tasklets)
        parts.changed(tasklets)
        // What those had held is free, and nobody else would say so.
        void parts.mirror.refresh()
      },
      expired: (tasklets) => parts.changed(tasklets),
      ready: (ready) => parts.intake.wakeAll(ready ?? queues.keys()),
      foreignChange: () => {
        parts.intake.freedAnywhere()
        parts.mirror.changed()
        const { results, interrupts, schedules, waits, passivated, mailbox } = parts
        const rooms = [results, interrupts, schedules, waits, passivated]
        return Promise.all([...rooms.map((room) => room.refresh()), mailbox.take()])
      },
      failed: (operation, error) => reports.storeFailed(operation, error),
    },
  )
}
