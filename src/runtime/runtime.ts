import { type Duration, toMilliseconds } from '../core/duration.ts'
import { InputError, LifecycleError } from '../core/errors.ts'
import { createIdSource } from '../core/id.ts'
import type { Phase, Status } from '../core/status.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { TaskReference } from '../plan/define.ts'
import type { Plan } from '../plan/model.ts'
import type { CancelOutcome, ListFilter, Page, Store } from '../ports/store.ts'
import { Engine } from './engine.ts'
import type { EventBus } from './event-bus.ts'
import { type HandleServices, TaskletHandle } from './handle.ts'
import type { Hooks } from './hooks.ts'
import { type RuntimeOptions, type Settings, toSettings } from './options.ts'
import { PlanAccess } from './plan-access.ts'
import { GO_TO } from './registry.ts'
import type { RootActor } from './root.ts'
import { type Submission, type SubmitOptions, toTasklet } from './submission.ts'

const NO_OPTIONS: SubmitOptions = {}

export type RuntimeStatus = 'created' | 'starting' | 'running' | 'stopping' | 'stopped' | 'failed'

/** A record, and what a tasklet that runs in this process is doing. */
export type TaskletView = Tasklet & { readonly phase: Phase | undefined }

export interface StopOptions {
  /** How long running work may take to end before it is told to stop; `0` unless given. */
  readonly drain?: Duration
}

/** Accepts tasklets, brings the world into the states that they need, and runs them. */
export class Runtime {
  readonly #engine: Engine
  readonly #settings: Settings
  readonly #newId: () => string
  readonly #services: HandleServices
  #status: RuntimeStatus = 'created'
  #starting: Promise<void> | undefined

  /** Over compiled plans and a store that is not open yet; starts nothing. */
  constructor(plans: readonly Plan[], store: Store, options: RuntimeOptions = {}) {
    const settings = toSettings(options)
    this.#settings = settings
    this.#newId = createIdSource(() => settings.clock.now())
    this.#engine = new Engine(store, plans, settings)
    this.#services = {
      clock: settings.clock,
      get: (id) => store.get(id),
      cancel: (id, reason) => this.#engine.cancel(id, reason),
      settled: (id) => this.#engine.settled(id),
    }
    void this.#engine.ended.then((failure) => {
      this.#status = failure === undefined ? 'stopped' : 'failed'
    })
  }

  get status(): RuntimeStatus {
    return this.#status
  }

  get events(): EventBus {
    return this.#engine.bus
  }

  get hooks(): Hooks {
    return this.#engine.hooks.hooks
  }

  /** The root of the actor tree. */
  get actor(): RootActor {
    return this.#engine.root
  }

  get plans(): readonly Plan[] {
    return this.#engine.registry.plans
  }

  /** Resolves when every resident actor is ready; rejects with what kept it from starting. */
  async start(): Promise<void> {
    if (this.#status !== 'created') {
      throw new LifecycleError(`a runtime starts once, and this one is ${this.#status}`)
    }
    this.#status = 'starting'
    this.#starting = this.#engine.start().then(() => {
      this.#status = 'running'
    })
    await this.#starting
  }

  /**
   * Takes in nothing more, waits for running work up to the drain time, then tells it to stop and
   * gives it back to its queue. Resolves when everything has ended.
   */
  async stop(options: StopOptions = {}): Promise<void> {
    const drain = toMilliseconds(options.drain ?? 0)
    // One that could not start has ended by itself; whoever started it was told why.
    if (this.#status === 'starting') await Promise.allSettled([this.#starting])
    if (this.#status === 'running') {
      this.#status = 'stopping'
      this.#engine.stop(drain)
    }
    if (this.#starting === undefined) this.#status = 'stopped'
    else await this.#engine.ended
  }

  /** Resolves once the tasklet is stored. */
  submit<Input, Output>(
    task: TaskReference<Input, Output>,
    input: Input,
    options?: SubmitOptions,
  ): Promise<TaskletHandle<Output>>
  submit(task: string, input?: unknown, options?: SubmitOptions): Promise<TaskletHandle>
  submit(
    task: TaskReference<unknown, unknown> | string,
    input?: unknown,
    options: SubmitOptions = NO_OPTIONS,
  ): Promise<TaskletHandle> {
    try {
      const { registry } = this.#engine
      const found = registry.requireTask(
        typeof task === 'string' ? task : `${task.plan}/${task.name}`,
      )
      const plan = registry.requirePlan(found.plan)
      return this.#submit({ plan, task: found, input, options, source: 'api' })
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Submits and waits for the output. */
  call<Input, Output>(
    task: TaskReference<Input, Output>,
    input: Input,
    options?: SubmitOptions,
  ): Promise<Output>
  call(task: string, input?: unknown, options?: SubmitOptions): Promise<unknown>
  async call(
    task: TaskReference<unknown, unknown> | string,
    input?: unknown,
    options?: SubmitOptions,
  ): Promise<unknown> {
    const handle = await this.submit(task as string, input, options)
    return handle.result()
  }

  async get(id: string): Promise<TaskletView | undefined> {
    const tasklet = await this.#engine.store.get(id)
    if (tasklet === undefined) return undefined
    return { ...tasklet, phase: this.#engine.deliveries.phaseOf(tasklet.id) }
  }

  list(filter: Partial<ListFilter> = {}): Promise<Page<Tasklet>> {
    return this.#engine.store.list({ limit: 50, ...filter })
  }

  counts(queue?: string): Promise<Readonly<Record<Status, number>>> {
    return this.#engine.store.counts(queue)
  }

  /** A waiting tasklet is cancelled at once; a running one is told to stop and waited for. */
  cancel(id: string, reason = 'cancelled on request'): Promise<CancelOutcome> {
    return this.#engine.cancel(id, reason)
  }

  /** The world of one plan. */
  plan(name: string): PlanAccess {
    const { registry } = this.#engine
    return new PlanAccess(registry.requirePlan(name), {
      clock: this.#settings.clock,
      log: this.#settings.logger,
      planner: (world) => registry.planner(world),
      goTo: (plan, target) => this.#goTo(plan, target),
    })
  }

  async #goTo(plan: Plan, target: string): Promise<TaskletHandle> {
    const task = this.#engine.registry.requireTask(`${plan.name}/${GO_TO}`)
    const input = { target }
    return this.#submit({ plan, task, input, options: {}, requires: [target], source: 'manual' })
  }

  #requireQueue(name: string): void {
    const { queues } = this.#settings
    if (queues.has(name)) return
    const known = [...queues.keys()].join(', ')
    throw new InputError(`there is no queue "${name}"; declare it in the options: ${known}`)
  }

  #submit(submission: Submission): Promise<TaskletHandle> {
    if (this.#status !== 'running') {
      throw new LifecycleError(`the runtime takes no work while it is ${this.#status}`)
    }
    const tasklet = toTasklet(submission, this.#newId(), this.#settings.clock.now())
    this.#requireQueue(tasklet.queue)
    return this.#engine.intake.insert(tasklet).then((outcome) => {
      const reason = outcome.created ? undefined : outcome.reason
      return new TaskletHandle(outcome.tasklet.id, reason, this.#services)
    })
  }
}
