import type { Plan } from '../../plan/model.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import type { Settings } from '../options/options.ts'
import type { Registry } from '../plans/registry.ts'
import type { Worlds } from '../worlds/worlds.ts'
import { Grants } from './grants.ts'
import { shapeOf } from './machine-shape.ts'

export interface GrantParts {
  readonly clock: Clock
  readonly settings: Settings
  readonly registry: Registry
  readonly worlds: Worlds
}

/** The grants over the parts of an engine; `granted` is called for a waiter whose turn has come. */
export function createGrants(parts: GrantParts, granted: (delivery: Delivery) => void): Grants {
  const { clock, settings, registry, worlds } = parts
  const limits = {
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
  return new Grants(limits, granted)
}
