import { backoffDelay } from '../../core/backoff.ts'
import { FatalError } from '../../core/errors.ts'
import type { PathStepSummary } from '../../core/events.ts'
import type { HandlerRuntime, Log, TaskContext } from '../../plan/handler.ts'
import type { Plan, Task } from '../../plan/model.ts'
import type { PathStep } from '../../planning/planner.ts'
import { runBounded } from '../bounded.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import { type JournalServices, StoredJournal } from '../deliveries/journal.ts'
import type { OutcomeRules } from '../deliveries/outcomes.ts'
import { Steps } from '../deliveries/steps.ts'
import type { EventBus } from '../event-bus.ts'
import type { Executors } from '../executors/executors.ts'
import { wait } from '../wait.ts'

export interface TransitionServices extends JournalServices {
  readonly bus: EventBus
  readonly rules: OutcomeRules
  readonly executors: Executors
  readonly grace: number
  handlerRuntime(): HandlerRuntime
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
    bus.emit('transition.started', { taskletId: delivery.tasklet.id, step: toSummary(step) })
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
    const { clock, grace: ownGrace, executors } = this.#services
    const { task, step, signal, delivery } = taking
    const limit = step.timeout ?? task.timeout
    // What works outside of the event loop is killed there after its grace, so it is sure to end.
    const grace = task.mode === 'async' ? ownGrace : undefined
    return runBounded({ clock, limit, grace, signal }, async (signal) => {
      const journal = new StoredJournal(this.#services, delivery, `${step.key}:`)
      const context = this.#contextOf({ ...taking, signal }, attempt, journal)
      await executors.runSeated(task, context, () => journal)
    })
  }

  #contextOf(
    { delivery, plan, task, step, signal }: Taking,
    attempt: number,
    journal: StoredJournal,
  ): TaskContext {
    const { bus, log, handlerRuntime } = this.#services
    const { id: taskletId, initialContext, event } = delivery.tasklet
    const steps = new Steps(journal, () => signal)
    return {
      input: task.input === undefined ? step.with : task.input.parse(step.with ?? {}),
      signal,
      log: log({ plan: plan.name, task: task.name, taskletId }),
      progress: (share, message) => bus.emit('tasklet.progress', { taskletId, share, message }),
      attempt,
      taskletId,
      idempotencyKey: `${taskletId}:${step.key}`,
      plan,
      initialContext,
      dependencies: {},
      event,
      step: (name, work) => steps.run(name, work),
      checkpoint: () => delivery.checkpoint(),
      runtime: handlerRuntime(),
    }
  }
}

export function toSummary({ event, task, from, to, cost }: PathStep): PathStepSummary {
  return { event, task, from, to, cost }
}
