import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { Delivery } from './delivery.ts'
import type { EventBus } from './event-bus.ts'
import { gatherDependencies } from './gathering.ts'
import type { Grants } from './grants.ts'
import { HandlerContext } from './handler-context.ts'
import { bindLog } from './log.ts'
import type { Settings } from './options.ts'
import type { OutcomeRules } from './outcomes.ts'
import { Preparations } from './preparations.ts'
import type { Registry } from './registry.ts'
import type { StageServices } from './stages.ts'

export interface WorkServices {
  readonly store: Store
  readonly clock: Clock
  readonly registry: Registry
  readonly grants: Grants
  readonly bus: EventBus
  readonly rules: OutcomeRules
  readonly settings: Settings
  /** The store did not say how dependencies ended; it is asked again. */
  failed(error: unknown): void
}

/** What a delivery does between its grant and its outcome: gather, prepare, run. */
export function createWork(
  services: WorkServices,
): Pick<StageServices, 'gather' | 'prepare' | 'run'> {
  const { registry, bus, settings } = services
  const { logger, grace, planningLimits: limits, planningTimeout: timeout } = settings
  const preparations = new Preparations({
    ...services,
    limits,
    timeout,
    grace,
    log: (fields) => bindLog(logger, fields),
  })
  return {
    gather: (delivery) => gatherDependencies(services, delivery),
    prepare: (delivery) => preparations.prepare(delivery),
    run(delivery: Delivery) {
      const { task, tasklet } = delivery
      const plan = registry.requirePlan(tasklet.plan)
      return task?.run(new HandlerContext(delivery, plan, logger, bus))
    },
  }
}
