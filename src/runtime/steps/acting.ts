import { FatalError } from '../../core/errors.ts'
import type { Plan, Task } from '../../plan/model.ts'
import type { StepAction } from '../../plan/steps/program.ts'
import { readOutput } from '../../plan/tasks/output.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import { createGuestContext, type Guest, guestInput } from '../deliveries/guest-context.ts'
import { logFieldsOf } from '../log.ts'
import type { Ledger } from './ledger.ts'
import { runLimited } from './limited.ts'
import type { Act } from './performer.ts'
import type { StepServices } from './services.ts'
import type { Waiting } from './waiting.ts'

type ActionOf<Kind extends StepAction['kind']> = Extract<StepAction, { kind: Kind }>

export interface ActingParts {
  readonly delivery: Delivery
  readonly plan: Plan
  readonly ledger: Ledger
  readonly waiting: Waiting
  /** Runs the steps of the task that the step names. */
  runSteps(task: Task, input: unknown, act: Act, signal: AbortSignal): Promise<unknown>
}

/** Does what a step says: runs a handler or a task, emits an event, waits. */
export class Acting {
  readonly #services: StepServices
  readonly #parts: ActingParts

  constructor(services: StepServices, parts: ActingParts) {
    this.#services = services
    this.#parts = parts
  }

  async act(act: Act): Promise<unknown> {
    const { performance, path, name, signal, hold, began } = act
    const { action } = performance
    const { waiting, delivery } = this.#parts
    const wait = { performance, path, name, signal, hold, began }
    switch (action.kind) {
      case 'run':
        return this.#run(action, act)
      case 'task':
        return this.#runTask(action, act)
      case 'emit':
        return this.#services.emit(delivery, action.event, performance.input)
      case 'sleep':
        return waiting.sleep({ ...wait, action })
      case 'waitFor':
        return waiting.waitFor({ ...wait, action })
    }
  }

  #run({ handler }: ActionOf<'run'>, act: Act): Promise<unknown> {
    const { path, signal, performance } = act
    const { clock, grace } = this.#services
    const bounds = { clock, limit: performance.timeout, grace, signal }
    return runLimited(path, bounds, async (signal) => {
      const guest = this.#guest(act, performance.input, signal)
      return handler(createGuestContext(this.#services, guest).context)
    })
  }

  async #runTask(action: ActionOf<'task'>, act: Act): Promise<unknown> {
    const { plan } = this.#parts
    const task = plan.tasks.get(action.task)
    if (task === undefined) throw new FatalError(`plan "${plan.name}" has no task "${action.task}"`)
    const input = guestInput(task, act.performance.input)
    const limit = act.performance.timeout ?? task.timeout
    if (task.steps !== undefined) return this.#runStepsOf(task, input, act, limit)
    const { clock, grace: ownGrace, executors } = this.#services
    // What works outside of the event loop is killed there after its grace, so it is sure to end.
    const grace = task.mode === 'async' ? ownGrace : undefined
    return runLimited(act.path, { clock, limit, grace, signal: act.signal }, async (signal) => {
      const guest = this.#guest(act, input, signal)
      const { context, journal } = createGuestContext(this.#services, guest)
      const output = await executors.runSeated(task, context, () => journal)
      return task.output === undefined ? output : readOutput(task.output, output)
    })
  }

  /** Its time limit stands still while the whole run is passivated. */
  async #runStepsOf(
    task: Task,
    input: unknown,
    act: Act,
    limit: number | undefined,
  ): Promise<unknown> {
    const { clock } = this.#services
    const { ledger, runSteps } = this.#parts
    const { path, name, signal } = act
    if (limit === undefined) return runSteps(task, input, act, signal)
    const left = Math.max(0, limit - ledger.resumeTiming(name, clock.now()))
    const work = (signal: AbortSignal) => runSteps(task, input, act, signal)
    try {
      // Its own steps are bounded by their grace, so it is sure to end.
      return await runLimited(path, { clock, limit: left, grace: undefined, signal }, work, limit)
    } finally {
      ledger.endTiming(name)
    }
  }

  #guest({ performance, path }: Act, input: unknown, signal: AbortSignal): Guest {
    const { delivery, plan } = this.#parts
    return {
      delivery,
      plan,
      log: this.#services.log({ ...logFieldsOf(delivery.tasklet), step: path }),
      key: path,
      prefix: `steps/in/${path}:`,
      input,
      attempt: performance.attempt,
      signal,
      dependencies: delivery.dependencies,
    }
  }
}
