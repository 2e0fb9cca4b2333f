import type { Phase, Status } from '../core/status.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { PlanDefinition, TaskReference } from '../plan/define.ts'
import type { HandlerRuntime } from '../plan/handler.ts'
import type { Plan } from '../plan/model.ts'
import type { Store } from '../ports/store.ts'
import type { CancelOutcome, ListFilter, Page } from '../ports/store-messages.ts'
import { createParts } from './create-parts.ts'
import type { Engine } from './engine.ts'
import { Events } from './events/events.ts'
import type { Gate, RuntimeStatus, StopOptions } from './gate.ts'
import type { Hooks } from './hooks.ts'
import type { BatchEntry, BatchOptions } from './intake/batch.ts'
import type { TaskletHandle } from './intake/handle.ts'
import type { SubmitOptions } from './intake/submission.ts'
import type { AnyTask, Submitter } from './intake/submitter.ts'
import { runTransaction, type Transaction } from './intake/transactions.ts'
import type { Interrupts } from './interrupts/interrupts.ts'
import type { DeadLetters } from './operations/dead-letters.ts'
import type { ExecutableOptions } from './operations/executable.ts'
import type { Management } from './operations/management.ts'
import type { PulledItem } from './operations/pulled-item.ts'
import type { PullOptions } from './operations/pulls.ts'
import type { Queue } from './operations/queue.ts'
import type { Explanation } from './operations/reason.ts'
import type { Stats } from './operations/stats.ts'
import type { TimelineEntry, TimelineOptions } from './operations/timeline.ts'
import { readWaits, type Wait } from './operations/waiting.ts'
import type { RuntimeOptions, Settings } from './options/options.ts'
import type { PlanAccess } from './plans/plan-access.ts'
import type { ReloadReport } from './plans/reloads.ts'
import type { RootActor } from './root.ts'
import type { Schedules } from './schedules/schedules.ts'
import type { StepReport } from './steps/step-log.ts'
import type { Told } from './waits/telling.ts'

/** A record, and what a tasklet that runs in this process is doing. */
export type TaskletView = Tasklet & { readonly phase: Phase | undefined }

/** Accepts tasklets, brings the world into the states that they need, and runs them. */
export class Runtime {
  readonly #engine: Engine
  readonly #settings: Settings
  readonly #submitter: Submitter
  readonly #management: Management
  readonly #events: Events
  readonly #gate: Gate

  /** Over compiled plans, loaded from `sources`, and a store that is not open; starts nothing. */
  constructor(
    plans: readonly Plan[],
    store: Store,
    options: RuntimeOptions = {},
    sources: readonly (PlanDefinition | string)[] = [],
  ) {
    const handlerRuntime: HandlerRuntime = {
      submit: (task, input, given) => this.submit(task, input, given),
      call: (task, input, given) => this.call(task, input, given),
    }
    const parts = createParts({ plans, store, options, sources, handlerRuntime })
    this.#settings = parts.settings
    this.#engine = parts.engine
    this.#submitter = parts.submitter
    this.#management = parts.management
    this.#gate = parts.gate
    this.#events = new Events(parts.engine.bus)
  }

  get status(): RuntimeStatus {
    return this.#gate.status
  }

  /** The W3C traceparent of the span that the caller runs in; undefined where nobody traces. */
  get callerTraceparent(): string | undefined {
    return this.#settings.tracing.caller
  }

  /** What the runtime and its users tell. */
  get events(): Events {
    return this.#events
  }

  get hooks(): Hooks {
    return this.#engine.hooks.hooks
  }

  /** The root of the actor tree. */
  get actor(): RootActor {
    return this.#engine.root
  }

  /** In their current versions. */
  get plans(): readonly Plan[] {
    return this.#engine.registry.plans
  }

  /**
   * Loads plans again, or new ones: all folders that the runtime was given, or one folder, a plan by
   * its name, or a definition. What runs keeps its version. What cannot be used changes nothing.
   */
  async reload(source?: PlanDefinition | string): Promise<readonly ReloadReport[]> {
    this.#gate.requireOpen()
    return this.#engine.reloads.reload(source)
  }

  /** Resolves when every resident actor is ready; rejects with what kept it from starting. */
  start(): Promise<void> {
    return this.#gate.start()
  }

  /**
   * Takes in nothing more, waits for running work up to the drain time, then tells it to stop and
   * gives it back to its queue. Resolves when everything has ended.
   */
  stop(options: StopOptions = {}): Promise<void> {
    return this.#gate.stop(options)
  }

  /** Resolves once the tasklet is stored. Waits for room in a full queue. */
  submit<Input, Output>(
    task: TaskReference<Input, Output>,
    input: Input,
    options?: SubmitOptions,
  ): Promise<TaskletHandle<Output>>
  submit(task: string, input?: unknown, options?: SubmitOptions): Promise<TaskletHandle>
  submit(task: AnyTask, input?: unknown, options?: SubmitOptions): Promise<TaskletHandle> {
    return this.#submitter.submit(task, input, options)
  }

  /** As `submit`, but rejects with QueueFullError when the queue has no room now. */
  trySubmit<Input, Output>(
    task: TaskReference<Input, Output>,
    input: Input,
    options?: SubmitOptions,
  ): Promise<TaskletHandle<Output>>
  trySubmit(task: string, input?: unknown, options?: SubmitOptions): Promise<TaskletHandle>
  trySubmit(task: AnyTask, input?: unknown, options?: SubmitOptions): Promise<TaskletHandle> {
    return this.#submitter.trySubmit(task, input, options)
  }

  /**
   * Stores all of them in one transaction, or none; waits for room for all. They may depend on each
   * other by key, and on earlier tasklets by id. Resolves with the handles by key.
   */
  submitBatch(
    entries: readonly BatchEntry[],
    options?: BatchOptions,
  ): Promise<Record<string, TaskletHandle>> {
    return this.#submitter.submitBatch(entries, options)
  }

  /** As `submitBatch`, but rejects with QueueFullError when there is no room for all of them now. */
  trySubmitBatch(entries: readonly BatchEntry[]): Promise<Record<string, TaskletHandle>> {
    return this.#submitter.trySubmitBatch(entries)
  }

  /**
   * Runs synchronous work on the store's own SQLite connection in one transaction: what it submits
   * is enqueued if, and only if, what it writes is committed. Resolves, after the commit, with what
   * it returned. A full queue is refused, not waited for.
   */
  transaction<T>(work: (transaction: Transaction) => T): Promise<T> {
    const { store, intake } = this.#engine
    const { maxSizes } = this.#settings
    return runTransaction({ store, intake, submitter: this.#submitter, maxSizes }, work)
  }

  /** Submits and waits for the output; the signal ends the wait, and the tasklet goes on. */
  call<Input, Output>(
    task: TaskReference<Input, Output>,
    input: Input,
    options?: SubmitOptions,
  ): Promise<Output>
  call(task: string, input?: unknown, options?: SubmitOptions): Promise<unknown>
  async call(task: AnyTask, input?: unknown, options?: SubmitOptions): Promise<unknown> {
    const handle = await this.#submitter.submit(task, input, options)
    return handle.result(options?.signal && { signal: options.signal })
  }

  async get(id: string): Promise<TaskletView | undefined> {
    const tasklet = await this.#engine.store.get(id)
    if (tasklet === undefined) return undefined
    return { ...tasklet, phase: this.#engine.deliveries.phaseOf(tasklet.id) }
  }

  /** Stands for a stored tasklet, whoever submitted it. */
  handle(id: string): TaskletHandle {
    return this.#submitter.toHandleOf(id)
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

  /** Runs a dead letter again, as a new tasklet with all its attempts. */
  async retry(id: string): Promise<TaskletHandle> {
    this.#gate.requireOpen()
    const { replayed } = await this.#management.deadLetters.replay(id)
    return this.#submitter.toHandleOf(replayed[0]?.id ?? id)
  }

  get deadLetters(): DeadLetters {
    return this.#management.deadLetters
  }

  /** Order and flow of one queue. */
  queue(name: string): Queue {
    return this.#management.queue(name)
  }

  /** Why a tasklet is not running. */
  explain(id: string): Promise<Explanation> {
    return this.#management.explainer.explain(id)
  }

  /** `window`: milliseconds that figures about time and flow look back; 15 minutes unless given. */
  stats(window?: number): Promise<Stats> {
    return this.#management.stats(window)
  }

  /** When tasklets were queued, prepared, started and settled. */
  timeline(options?: TimelineOptions): Promise<Page<TimelineEntry>> {
    return this.#management.timeline(options)
  }

  /**
   * What the steps of a tasklet have done, as far as it is known: how all of them went where they
   * ran, and in other processes what the store keeps. None for a task that has no steps.
   */
  steps(id: string): Promise<readonly StepReport[]> {
    return this.#management.steps(id)
  }

  /** Leases work of tasks declared `external`; waits until there is some. */
  pull(options?: PullOptions): Promise<readonly PulledItem[]> {
    return this.#management.pull(options)
  }

  /** What was pulled, here or in another process, for who knows its id and token. @throws {LeaseLostError} */
  pulled(id: string, token: number): Promise<PulledItem> {
    return this.#management.pulls.find(id, token)
  }

  /** The events that tasklets wait for: one of them, or all. */
  waits(id?: string): Promise<readonly Wait[]> {
    return readWaits(this.#engine.store, id)
  }

  /**
   * Tells an event of one's own, as `events.emit` does, but once it is stored: whoever waits for it
   * gets it, whatever ends meanwhile. Resolves with the waits that end by it.
   * @throws {InputError} for a name that only the runtime may use, and for data that JSON cannot hold.
   */
  async tell(name: string, data?: unknown): Promise<Told> {
    this.#gate.requireOpen()
    return this.#management.tell(name, data)
  }

  /** What could run now, in order; nothing is claimed. */
  executable(options?: ExecutableOptions): Promise<readonly Tasklet[]> {
    return this.#management.executable(options)
  }

  /** The rules of all plans that interrupt running work. */
  get interrupts(): Pick<Interrupts, 'list' | 'enable' | 'disable'> {
    return this.#engine.interrupts
  }

  /** When tasks of all plans are submitted without anybody asking. */
  get schedules(): Pick<Schedules, 'list' | 'next' | 'enable' | 'disable'> {
    return this.#engine.schedules
  }

  /** Submits the task of a schedule (`plan/name`) now, with its fixed input. */
  async runScheduled(id: string): Promise<TaskletHandle> {
    this.#gate.requireOpen()
    return this.#management.runScheduled((schedules) => schedules.run(id))
  }

  /** As `runScheduled`, but rejects with QueueFullError when the queue has no room now. */
  async tryRunScheduled(id: string): Promise<TaskletHandle> {
    this.#gate.requireOpen()
    return this.#management.runScheduled((schedules) => schedules.tryRun(id))
  }

  /** The world of one plan. */
  plan(name: string): PlanAccess {
    return this.#management.plan(name)
  }
}
