import { createIdSource } from '../../core/id.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { Deliveries } from '../deliveries/deliveries.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Grants } from '../grants/grants.ts'
import type { Intake } from '../intake/intake.ts'
import type { Results } from '../intake/results.ts'
import type { Settings } from '../options/options.ts'
import type { Registry } from '../plans/registry.ts'
import type { Reports } from '../reports.ts'
import type { Worlds } from '../worlds/worlds.ts'
import { Interrupts } from './interrupts.ts'
import { InterruptSubmissions } from './submissions.ts'

export interface InterruptParts {
  readonly store: Store
  readonly clock: Clock
  readonly bus: EventBus
  readonly settings: Settings
  readonly registry: Registry
  readonly worlds: Worlds
  readonly grants: Grants
  readonly intake: Intake
  readonly deliveries: Deliveries
  readonly results: Results
  readonly reports: Reports
  cancel(id: string, reason: string): Promise<unknown>
}

/** The rules of all plans over the parts of an engine. */
export function createInterrupts(parts: InterruptParts): Interrupts {
  const { clock, registry, worlds, deliveries, results, reports } = parts
  const submissions = new InterruptSubmissions({
    ...parts,
    newId: createIdSource(() => clock.now()),
  })
  const rules = registry.plans.flatMap(({ interrupts }) => interrupts)
  return new Interrupts(rules, {
    ...parts,
    log: parts.settings.logger,
    stop: (id, reason) => deliveries.stop(id, reason),
    submitHandler: (rule, event) => submissions.handler(rule, event),
    submitReturn: (rule, target) => submissions.return(rule, target),
    completed: (id) => results.of(id),
    stillHolds: (delivery) => worlds.stillHolds(delivery),
    folder: (plan) => registry.requirePlan(plan).folder,
    report: (error) => reports.failed(error),
  })
}
