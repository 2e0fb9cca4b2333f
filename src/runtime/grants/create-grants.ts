import type { Tasklet } from '../../core/tasklet.ts'
import type { Plan } from '../../plan/model.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { Delivery, StopReason } from '../deliveries/delivery.ts'
import type { Settings } from '../options/options.ts'
import type { Registry } from '../plans/registry.ts'
import type { Reports } from '../reports.ts'
import type { Worlds } from '../worlds/worlds.ts'
import { ForeignHolds } from './foreign-holds.ts'
import { Grants } from './grants.ts'
import { HoldsMirror } from './holds-mirror.ts'
import { shapeOf } from './machine-shape.ts'
import { SharedGrants } from './shared-grants.ts'

export interface GrantParts {
  readonly store: Store
  readonly clock: Clock
  readonly owner: string
  readonly settings: Settings
  readonly registry: Registry
  readonly worlds: Worlds
  readonly reports: Reports
  /** The turn of a waiter has come. */
  granted(delivery: Delivery): void
  /** Whether tasklets like this one are claimed to wait in this process. */
  waitsHere(tasklet: Tasklet): boolean
  stop(delivery: Delivery, reason: StopReason): void
}

interface CreatedGrants {
  readonly grants: Grants
  readonly shared: SharedGrants
  readonly mirror: HoldsMirror
}

/** The grants over the parts of an engine, and what makes them hold for all who share the store. */
export function createGrants(parts: GrantParts): CreatedGrants {
  const { registry, worlds, reports, granted, waitsHere, stop } = parts
  const foreign = new ForeignHolds()
  const grants = new Grants(toLimits(parts), granted, foreign)
  const failed = (operation: string, error: unknown) => reports.storeFailed(operation, error)
  const message = 'another process holds what it needs'
  const common = { ...parts, grants, foreign, failed }
  const mirror = new HoldsMirror({
    ...common,
    isContended: () => registry.rules.contended.length > 0,
    waitsHere: ({ tasklet }) => waitsHere(tasklet),
    sendBack: (delivery) => stop(delivery, { kind: 'returned', message }),
    left: (plans) => worlds.left(plans),
  })
  const shared = new SharedGrants({
    ...common,
    lease: parts.settings.lease,
    refresh: () => mirror.refresh(),
    entered: (delivery, how) => worlds.entered(delivery, how),
  })
  return { grants, shared, mirror }
}

function toLimits({ clock, settings, registry, worlds }: GrantParts) {
  return {
    slots: (queue: string) => settings.queues.get(queue)?.concurrency ?? 0,
    pool: (plan: string, resource: string) => registry.pool(plan, resource),
    transitionUnits: (plan: string) => registry.transitionUnits(plan),
    hasExclusive: (plan: string) => registry.hasExclusive(plan),
    shape: (plan: string, version: Plan | undefined) =>
      shapeOf((version ?? registry.plan(plan))?.world),
    now: () => clock.now(),
    believed: (plan: string) => worlds.believed(plan),
    maxAffinityWait: settings.maxAffinityWait,
  }
}
