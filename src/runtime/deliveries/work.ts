import { readOutput } from '../../plan/tasks/output.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Executors } from '../executors/executors.ts'
import type { Grants } from '../grants/grants.ts'
import type { SharedGrants } from '../grants/shared-grants.ts'
import { bindLog } from '../log.ts'
import type { Settings } from '../options/options.ts'
import { createStepRuns } from '../steps/create-steps.ts'
import type { StepWaits } from '../steps/services.ts'
import type { StepLog } from '../steps/step-log.ts'
import { Preparations } from '../worlds/preparations.ts'
import { Transitions } from '../worlds/transitions.ts'
import type { Worlds } from '../worlds/worlds.ts'
import type { Delivery } from './delivery.ts'
import { gatherDependencies } from './gathering.ts'
import { type ContextServices, HandlerContext } from './handler-context.ts'
import type { OutcomeRules } from './outcomes.ts'
import type { StageServices } from './stages.ts'

export interface WorkServices extends ContextServices {
  readonly store: Store
  readonly clock: Clock
  readonly worlds: Worlds
  readonly grants: Grants
  readonly shared: SharedGrants
  readonly bus: EventBus
  readonly rules: OutcomeRules
  readonly settings: Settings
  readonly executors: Executors
  readonly waits: StepWaits
  readonly stepLog: StepLog
  /** The delivery has used up the time that its attempt may take. */
  outOfTime(delivery: Delivery): void
  /** The store did not say how dependencies ended; it is asked again. */
  failed(error: unknown): void
  /** The store failed to do what steps need; it is asked again. */
  storeFailed(operation: string, error: unknown): void
}

/** What a delivery does between its grant and its outcome: gather, prepare, take a worker, run. */
export function createWork(
  services: WorkServices,
): Pick<StageServices, 'gather' | 'prepare' | 'takeWorker' | 'run' | 'worked' | 'isResumed'> {
  const { executors, settings } = services
  const { logger, grace, planningLimits: limits } = settings
  const log = (fields: Record<string, unknown>) => bindLog(logger, fields)
  const preparations = new Preparations({
    ...services,
    transitions: new Transitions({ ...services, grace, log }),
    limits,
    grace,
    log,
  })
  const stepRuns = createStepRuns({
    ...services,
    grace,
    log,
    emit: (delivery, name, data) =>
      services.bus.publish(name, data, { cause: delivery.tasklet.event?.lineage }),
  })
  return {
    gather: (delivery) => gatherDependencies(services, delivery),
    prepare: (delivery) => preparations.prepare(delivery),
    isResumed: (delivery) =>
      delivery.task?.steps === undefined ? undefined : stepRuns.isResumed(delivery),
    worked: (delivery) => services.worlds.worked(delivery),
    takeWorker(delivery) {
      const { task } = delivery
      const taking = task && executors.takeSeat(task, () => delivery.signal)
      return taking?.then((leave) => {
        if (delivery.outcome === undefined) delivery.leaveWorker = leave
        else leave()
      })
    },
    run(delivery) {
      const { task, plan } = delivery
      if (task === undefined || plan === undefined) return undefined
      if (task.steps !== undefined) return stepRuns.run(delivery, plan, task.steps)
      const { output: schema } = task
      const handle = () => {
        const context = new HandlerContext(delivery, plan, logger, services)
        return executors.run(task, context, () => context.journal)
      }
      const run = schema === undefined ? handle : async () => readOutput(schema, await handle())
      const { deliveries, planVersion } = delivery.tasklet
      if (deliveries === 1 || planVersion === plan.version) return run()
      return stepRuns.requireNone(delivery).then(run)
    },
  }
}
