import { backoffDelay } from '../../core/backoff.ts'
import { FatalError } from '../../core/errors.ts'
import type { PathStepSummary } from '../../core/events.ts'
import type { Log } from '../../plan/handler.ts'
import type { Plan, Task } from '../../plan/model.ts'
import type { PathStep } from '../../planning/planner.ts'
import { runBounded } from '../bounded.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import { createGuestContext, type GuestServices, guestInput } from '../deliveries/guest-context.ts'
import type { OutcomeRules } from '../deliveries/outcomes.ts'
import type { Executors } from '../executors/executors.ts'
import { logFieldsOf } from '../log.ts'
import { wait } from '../wait.ts'

export interface TransitionServices extends GuestServices {
  readonly rules: OutcomeRules
  readonly executors: Executors
  readonly grace: number
  log(fields: Record<string, unknown>): Log
}

/** One edge that a delivery takes, and what it takes it with. */
interface Taking {
  readonly delivery: Delivery
  readonly plan: Plan
  readonly task: Task
  readonly step: PathStep
  readonly signal: AbortSignal
}

/** Runs transition tasks, under the lease and the grant of the tasklet that is prepared. */
export class Transitions {
  readonly #services: TransitionServices

  constructor(services: TransitionServices) {
    this.#services = services
  }

  /** Runs the transition task of an edge, with the task's own retries; rejects when it fails. */
  async take(delivery: Delivery, plan: Plan, step: PathStep, signal: AbortSignal): Promise<void> {
    const { clock, rules, bus } = this.#services
    const task = plan.tasks.get(step.task)
    if (task === undefined) throw new FatalError(`plan "${plan.name}" has no task "${step.task}"`)
    const { id: taskletId, event } = delivery.tasklet
    const started = { taskletId, plan: plan.name, step: toSummary(step) }
    bus.emit('transition.started', started, { cause: event?.lineage })
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#run({ delivery, plan, task, step, signal }, attempt)
        return
      } catch (error) {
        signal.throwIfAborted()
        if (attempt >= task.retry.attempts || error instanceof FatalError) throw error
        await wait(clock, backoffDelay(task.retry.backoff, attempt, rules.random), signal)
      }
    }
  }

  #run(taking: Taking, attempt: number): Promise<void> {
    const { clock, grace: ownGrace, executors, log } = this.#services
    const { task, step, signal, delivery, plan } = taking
    const limit = step.timeout ?? task.timeout
    // What works outside of the event loop is killed there after its grace, so it is sure to end.
    const grace = task.mode === 'async' ? ownGrace : undefined
    return runBounded({ clock, limit, grace, signal }, async (signal) => {
      const { context, journal } = createGuestContext(this.#services, {
        delivery,
        plan,
        log: log({ ...logFieldsOf(delivery.tasklet), transition: step.task }),
        key: step.key,
        prefix: `${step.key}:`,
        input: guestInput(task, step.with),
        attempt,
        signal,
        dependencies: {},
      })
      await executors.runSeated(task, context, () => journal)
    })
  }
}

export function toSummary({ event, task, from, to, cost }: PathStep): PathStepSummary {
  return { event, task, from, to, cost }
}
