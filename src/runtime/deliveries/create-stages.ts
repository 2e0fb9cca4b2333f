import type { HandlerRuntime } from '../../plan/handler.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { LeaseRef, Renewal } from '../../ports/store-messages.ts'
import type { Deadlines } from '../deadlines.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Executors } from '../executors/executors.ts'
import type { Grants } from '../grants/grants.ts'
import type { HoldsMirror } from '../grants/holds-mirror.ts'
import type { SharedGrants } from '../grants/shared-grants.ts'
import type { HookRunner } from '../hooks.ts'
import type { Settings } from '../options/options.ts'
import type { Registry } from '../plans/registry.ts'
import type { Reports } from '../reports.ts'
import type { StepLog } from '../steps/step-log.ts'
import type { Waits } from '../waits/waits.ts'
import type { Worlds } from '../worlds/worlds.ts'
import { DeadlineNotes } from './deadline-notes.ts'
import type { OutcomeRules } from './outcomes.ts'
import type { Settlements } from './settlements.ts'
import { Stages } from './stages.ts'
import { TimeLimits, tooLong } from './time-limits.ts'
import { createWork } from './work.ts'

export interface StageParts {
  readonly store: Store
  readonly clock: Clock
  readonly registry: Registry
  readonly worlds: Worlds
  readonly grants: Grants
  readonly shared: SharedGrants
  readonly mirror: HoldsMirror
  readonly hooks: HookRunner
  readonly bus: EventBus
  readonly rules: OutcomeRules
  readonly settings: Settings
  readonly reports: Reports
  readonly deadlines: Deadlines
  readonly settlements: Settlements
  readonly executors: Executors
  readonly waits: Waits
  readonly stepLog: StepLog
  readonly handlerRuntime: HandlerRuntime
  renewed(renewal: Renewal, leases: readonly LeaseRef[]): void
}

/** The effects of the tasklet machine over the parts of an engine. */
export function createStages(parts: StageParts): Stages {
  const { reports, settings, shared, mirror, handlerRuntime } = parts
  const stages: Stages = new Stages({
    ...parts,
    limits: createTimeLimits(parts),
    grace: settings.grace,
    report: (error) => reports.failed(error),
    secure: (delivery) => shared.secure(delivery),
    waits: () => mirror.limitPatience(),
    ...createWork({
      ...parts,
      handlerRuntime: () => handlerRuntime,
      outOfTime: (delivery) => stages.stop(delivery, tooLong(delivery, 'executing')),
      leaseLost: (delivery) =>
        stages.stop(delivery, { kind: 'lease-lost', message: 'the lease was lost' }),
      failed: (error) => reports.storeFailed('get', error),
      storeFailed: (operation, error) => reports.storeFailed(operation, error),
    }),
  })
  return stages
}

function createTimeLimits(parts: StageParts): TimeLimits {
  const { store, clock, reports, deadlines } = parts
  const { lease, planningTimeout } = parts.settings
  const notes = new DeadlineNotes({
    store,
    clock,
    lease,
    renewed: (renewal, leases) => parts.renewed(renewal, leases),
    failed: (error) => reports.storeFailed('renew', error),
  })
  return new TimeLimits({
    clock,
    deadlines,
    lease,
    planningTimeout,
    noteDeadline: (delivery) => notes.add(delivery),
  })
}
