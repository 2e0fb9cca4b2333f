import { backoffDelay } from '../core/backoff.ts'
import { FatalError } from '../core/errors.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { Log, Plan, Task, TaskContext } from '../plan/model.ts'
import type { PathStep } from '../planning/planner.ts'
import type { Clock } from '../ports/clock.ts'
import { runBounded } from './bounded.ts'
import type { Delivery, Outcome } from './delivery.ts'
import type { EventBus } from './event-bus.ts'
import type { Grants } from './grants.ts'
import { type OutcomeRules, refused, stopped } from './outcomes.ts'
import { Preparation, type PreparationLimits, type Prepared } from './preparation.ts'
import type { Registry } from './registry.ts'
import { wait } from './wait.ts'
import { WorldAccess } from './world-access.ts'

export interface PreparationServices {
  readonly clock: Clock
  readonly registry: Registry
  readonly grants: Grants
  readonly bus: EventBus
  readonly rules: OutcomeRules
  readonly limits: PreparationLimits
  /** Milliseconds that one preparation may take. */
  readonly timeout: number
  readonly grace: number
  log(fields: Record<string, unknown>): Log
}

/** Brings the world into the state that a delivery's tasklet requires, under its state lease. */
export class Preparations {
  readonly #services: PreparationServices

  constructor(services: PreparationServices) {
    this.#services = services
  }

  /** Undefined when the world is ready; otherwise how the delivery ends. */
  async prepare(delivery: Delivery): Promise<Outcome | undefined> {
    const { registry, grants } = this.#services
    const { plan: planName, requires } = delivery.tasklet
    const plan = registry.plan(planName)
    if (plan?.world === undefined) {
      const message = `plan "${planName}" has no machine, so ${requires.join(' or ')} cannot be reached`
      return refused(delivery, { kind: 'planning', reason: 'unreachable', message })
    }
    const shared = grants.shared(delivery)
    if (shared !== undefined) {
      // Others hold the world in this state and have verified it: nothing is left to do.
      delivery.trail = { from: shared.join(' & '), target: requires.join(' | '), steps: [] }
      return undefined
    }
    return this.#prepareAlone(delivery, plan)
  }

  async #prepareAlone(delivery: Delivery, plan: Plan): Promise<Outcome | undefined> {
    const { clock, grants, grace, timeout: limit, rules } = this.#services
    try {
      const bounds = { clock, limit, grace, signal: delivery.signal }
      const prepared = await runBounded(bounds, (signal) => this.#run(delivery, plan, signal))
      delivery.trail = prepared.trail
      if (prepared.error !== undefined) return refused(delivery, prepared.error)
      grants.share(delivery, prepared.states)
      return undefined
    } catch (error) {
      if (delivery.stopping !== undefined) return stopped(rules, delivery, delivery.stopping)
      if (!(error instanceof DOMException && error.name === 'TimeoutError')) throw error
      const message = `cannot reach ${delivery.tasklet.requires.join(' or ')}: preparation ${error.message}`
      return refused(delivery, { kind: 'planning', reason: 'budget', message })
    }
  }

  #run(delivery: Delivery, plan: Plan, signal: AbortSignal): Promise<Prepared> {
    const { clock, registry, bus, limits, log } = this.#services
    const { tasklet, actor } = delivery
    const { id: taskletId, requires } = tasklet
    if (plan.world === undefined || actor === undefined) {
      throw new TypeError(`tasklet ${taskletId} has no world to prepare or no actor to do it`)
    }
    const access = new WorldAccess(plan, plan.world, clock, log({ plan: plan.name, taskletId }))
    const preparation = new Preparation(requires, {
      clock,
      access,
      planner: registry.planner(plan.world),
      limits,
      signal,
      move: (step) => this.#move(tasklet, plan, step, signal),
      detected: (states) => bus.emit('world.detected', { taskletId, plan: plan.name, states }),
      planned: (path, cost, from) => {
        const steps = path.map(({ event, task, from, to, cost }) => ({
          event,
          task,
          from,
          to,
          cost,
        }))
        const target = requires.join(' | ')
        bus.emit('path.found', { taskletId, plan: plan.name, from, target, cost, steps })
      },
      tried: (step) => bus.emit('transition.ended', { taskletId, step }),
    })
    return preparation.run(actor)
  }

  /** Runs the transition task of an edge under the tasklet's own lease, with the task's retries. */
  async #move(tasklet: Tasklet, plan: Plan, step: PathStep, signal: AbortSignal): Promise<void> {
    const { clock, rules, bus } = this.#services
    const task = plan.tasks.get(step.task)
    if (task === undefined) throw new FatalError(`plan "${plan.name}" has no task "${step.task}"`)
    const { event, from, to, cost } = step
    const summary = { event, task: step.task, from, to, cost }
    bus.emit('transition.started', { taskletId: tasklet.id, step: summary })
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#runTransition(tasklet, plan, task, step, attempt, signal)
        return
      } catch (error) {
        signal.throwIfAborted()
        if (attempt >= task.retry.attempts || error instanceof FatalError) throw error
        await wait(clock, backoffDelay(task.retry.backoff, attempt, rules.random), signal)
      }
    }
  }

  #runTransition(
    tasklet: Tasklet,
    plan: Plan,
    task: Task,
    step: PathStep,
    attempt: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, grace, bus, log } = this.#services
    const input = task.input === undefined ? step.with : task.input.parse(step.with ?? {})
    const limit = step.timeout ?? task.timeout
    return runBounded({ clock, limit, grace, signal }, async (signal) => {
      const context: TaskContext = {
        input,
        signal,
        log: log({ plan: plan.name, task: task.name, taskletId: tasklet.id }),
        progress: (share, message) =>
          bus.emit('tasklet.progress', { taskletId: tasklet.id, share, message }),
        attempt,
        taskletId: tasklet.id,
        idempotencyKey: `${tasklet.id}:${step.key}`,
        plan,
        initialContext: tasklet.initialContext,
        dependencies: {},
      }
      await task.run(context)
    })
  }
}
