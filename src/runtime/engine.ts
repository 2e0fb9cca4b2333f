import { FatalError } from '../core/errors.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { Plan } from '../plan/model.ts'
import type { Clock } from '../ports/clock.ts'
import type { CancelOutcome, InsertOutcome, Renewal, SettleOutcome, Store } from '../ports/store.ts'
import { Claims } from './claims.ts'
import { Deadlines } from './deadlines.ts'
import { Deliveries } from './deliveries.ts'
import type { Delivery } from './delivery.ts'
import { EventBus } from './event-bus.ts'
import { Grants } from './grants.ts'
import { HandlerContext } from './handler-context.ts'
import { HookRunner } from './hooks.ts'
import { bindLog } from './log.ts'
import { Maintenance } from './maintenance.ts'
import type { Settings } from './options.ts'
import { type OutcomeRules, threw } from './outcomes.ts'
import { createOwner } from './owner.ts'
import { Preparations } from './preparations.ts'
import { Registry } from './registry.ts'
import { Results } from './results.ts'
import { createRoot, type RootActor } from './root.ts'
import { Settlements } from './settlements.ts'
import { Stages } from './stages.ts'
import { wait } from './wait.ts'
import { Wakes } from './wakes.ts'

const STORE_RETRY = 1000

/** Joins the machines to the ports: everything a runtime is made of, and how the parts talk. */
export class Engine {
  readonly owner = createOwner()
  readonly clock: Clock
  readonly store: Store
  readonly settings: Settings
  readonly registry: Registry
  readonly bus: EventBus
  readonly hooks: HookRunner
  readonly results = new Results()
  readonly deliveries: Deliveries
  readonly maintenance: Maintenance
  readonly root: RootActor
  readonly stages: Stages
  readonly #grants: Grants
  readonly #deadlines: Deadlines
  readonly #wakes: Wakes
  readonly #rules: OutcomeRules
  readonly #settlements: Settlements
  #failed = false
  readonly #started = Promise.withResolvers<void>()
  readonly #ended = Promise.withResolvers<unknown>()

  constructor(store: Store, plans: readonly Plan[], settings: Settings) {
    const { clock, grace, random } = settings
    this.store = store
    this.clock = clock
    this.settings = settings
    this.registry = new Registry(plans, settings.resources)
    this.bus = new EventBus(clock, (error) => this.report(error))
    this.hooks = new HookRunner(clock, settings.hookTimeout)
    this.#deadlines = new Deadlines(clock)
    this.#grants = new Grants(
      {
        slots: (queue) => settings.queues.get(queue)?.concurrency ?? 0,
        pool: (plan, resource) => this.registry.pool(plan, resource),
      },
      (delivery) => this.#granted(delivery),
    )
    const rules = { now: () => clock.now(), random }
    this.#rules = rules
    this.#settlements = this.#createSettlements()
    const preparations = new Preparations({
      clock,
      registry: this.registry,
      grants: this.#grants,
      bus: this.bus,
      rules,
      limits: settings.planningLimits,
      timeout: settings.planningTimeout,
      grace,
      log: (fields) => bindLog(settings.logger, fields),
    })
    this.stages = new Stages({
      clock,
      deadlines: this.#deadlines,
      grants: this.#grants,
      hooks: this.hooks,
      settlements: this.#settlements,
      bus: this.bus,
      rules,
      grace,
      report: (error) => this.report(error),
      prepare: (delivery) => preparations.prepare(delivery),
      run: (delivery) => this.#run(delivery),
    })
    this.deliveries = new Deliveries(this.registry, this.stages)
    this.maintenance = this.#createMaintenance()
    this.root = this.#createRoot()
    this.#wakes = new Wakes((queue) => this.root.send({ type: 'work.available', queue }))
  }

  /** Resolves when every resident actor is ready; rejects when it cannot start. */
  async start(): Promise<void> {
    this.root.subscribe({ error: (error) => this.#fail(error) })
    this.root.start()
    await this.#started.promise
  }

  /** Takes in nothing more; running work has `drain` milliseconds before it is told to stop. */
  stop(drain: number): void {
    this.root.send({ type: 'scheduler.stop' })
    const abort = () => this.root.send({ type: 'scheduler.abort' })
    if (drain === 0) abort()
    else this.#deadlines.add(this.clock.now() + drain, abort)
  }

  /** Stores a new record and wakes its queue, or waits for its time. */
  async insert(tasklet: Tasklet): Promise<InsertOutcome> {
    const [outcome] = await this.store.insert([tasklet])
    if (outcome === undefined) throw new TypeError('the store gave no answer to an insert')
    if (!outcome.created) return outcome
    if (tasklet.notBefore === undefined) this.wake(tasklet.queue)
    else this.maintenance.expect(tasklet.notBefore)
    if (this.bus.hears('tasklet.submitted')) {
      this.bus.emit('tasklet.submitted', { tasklet: outcome.tasklet })
    }
    return outcome
  }

  get(id: string): Promise<Tasklet | undefined> {
    return this.store.get(id)
  }

  /** Resolves with the record when it is final. */
  async settled(id: string): Promise<Tasklet> {
    const settled = this.results.wait(id)
    const known = await this.store.get(id)
    if (known !== undefined) this.results.settled(known)
    return settled
  }

  async cancel(id: string, reason = 'cancelled on request'): Promise<CancelOutcome> {
    const error = { kind: 'cancelled', message: reason } as const
    const outcome = await this.store.cancel(id, error, this.clock.now())
    if (outcome === 'requested') this.#stop(id, { kind: 'cancelled', message: reason })
    if (outcome === 'cancelled') {
      const tasklet = await this.store.get(id)
      if (tasklet !== undefined) this.#announce(tasklet)
    }
    return outcome
  }

  /** Resolves with the failure, if it was one, when everything has ended. */
  get ended(): Promise<unknown> {
    return this.#ended.promise
  }

  /** Work may have become ready in the queue. */
  wake(queue: string): void {
    this.#wakes.wake(queue)
  }

  report(error: unknown): void {
    this.settings.logger.error('something of ours failed', { error })
  }

  #run(delivery: Delivery): unknown {
    const { task, tasklet } = delivery
    const plan = this.registry.requirePlan(tasklet.plan)
    const fields = { plan: tasklet.plan, task: tasklet.task, taskletId: tasklet.id }
    const log = bindLog(this.settings.logger, fields)
    return task?.run(new HandlerContext(delivery, plan, log, this.bus))
  }

  #granted(delivery: Delivery): void {
    this.stages.granted(delivery)
    // Its task was left out of claims while it waited.
    this.wake(delivery.tasklet.queue)
  }

  #createSettlements(): Settlements {
    const { clock } = this.settings
    return new Settlements(this.store, {
      now: () => clock.now(),
      settled: (delivery, answer) => this.#settled(delivery, answer),
      flushed: (batch) => this.#flushed(batch),
      failed: async (error) => {
        this.#storeFailed('settle', error)
        await wait(clock, STORE_RETRY)
      },
    })
  }

  #settled(delivery: Delivery, answer: SettleOutcome): void {
    if (!answer.accepted && answer.error !== undefined) {
      const cause = answer.error
      delivery.outcome = threw(this.#rules, delivery, new FatalError(cause.message, { cause }))
      this.#settlements.add(delivery)
      return
    }
    this.#grants.release(delivery)
    if (answer.accepted) {
      const { tasklet } = answer
      this.#endDelivery(delivery, tasklet)
      if (tasklet.notBefore !== undefined) this.maintenance.expect(tasklet.notBefore)
      this.#announce(tasklet)
      return
    }
    this.#endDelivery(delivery, undefined)
    const { id: taskletId } = delivery.tasklet
    this.bus.emit('lease.lost', { taskletId, holder: answer.holder })
  }

  #endDelivery(delivery: Delivery, tasklet: Tasklet | undefined): void {
    const status = tasklet?.status
    const settled =
      status === 'completed' || status === 'failed' || status === 'cancelled' ? status : undefined
    this.deliveries.end(delivery, settled ?? (status === 'retrying' ? 'retrying' : 'pending'))
    if (settled !== undefined || delivery.actor === undefined) return
    const { execution } = this.root.getSnapshot().children
    execution?.send({ type: 'tasklet.released', actor: delivery.actor })
  }

  #flushed(batch: readonly Delivery[]): void {
    for (const queue of new Set(batch.map(({ tasklet }) => tasklet.queue))) {
      this.root.send({ type: 'room.freed', queue })
    }
  }

  #createMaintenance(): Maintenance {
    const { clock, lease, maxDeliveries } = this.settings
    return new Maintenance(
      this.store,
      clock,
      { lease, maxDeliveries },
      {
        leases: () => this.deliveries.leases(),
        renewed: (renewal) => this.#renewed(renewal),
        rescued: (tasklets) => this.#rescued(tasklets),
        ready: (queues) => {
          for (const queue of queues ?? this.settings.queues.keys()) this.wake(queue)
        },
        foreignChange: () => void this.#lookForResults(),
        failed: (operation, error) => this.#storeFailed(operation, error),
      },
    )
  }

  #renewed({ lost, cancelled }: Renewal): void {
    const gone = { kind: 'lease-lost', message: 'the lease was lost' } as const
    for (const id of lost) this.#stop(id, gone)
    for (const { id, reason } of cancelled) this.#stop(id, { kind: 'cancelled', message: reason })
  }

  #stop(id: string, reason: { kind: 'lease-lost' | 'cancelled'; message: string }): void {
    const delivery = this.deliveries.get(id)
    if (delivery !== undefined) this.stages.stop(delivery, reason)
  }

  #rescued(tasklets: readonly Tasklet[]): void {
    for (const tasklet of tasklets) {
      this.#announce(tasklet)
      this.wake(tasklet.queue)
    }
  }

  #announce(tasklet: Tasklet): void {
    this.results.settled(tasklet)
    this.bus.emit(`tasklet.${tasklet.status}`, { tasklet })
  }

  async #lookForResults(): Promise<void> {
    for (const id of this.results.ids) {
      const tasklet = await this.store.get(id)
      if (tasklet !== undefined) this.results.settled(tasklet)
    }
  }

  #createRoot(): RootActor {
    const { clock, lease } = this.settings
    const claims = new Claims({
      store: this.store,
      clock,
      owner: this.owner,
      lease,
      grants: this.#grants,
      registry: this.registry,
      claimed: (queue, tasklets) => this.root.send({ type: 'tasklets.claimed', queue, tasklets }),
      failed: (error) => this.#storeFailed('claim', error),
    })
    return createRoot(this.settings, claims, this.deliveries, {
      boot: () => this.#boot(),
      shutDown: () => this.#shutDown(),
      ready: () => this.#ready(),
      stopped: (failure) => this.#stopped(failure),
      restarted: (id, delay, error) => {
        this.settings.logger.warn(`actor ${id} crashed and starts again`, { delay, error })
        this.bus.emit('actor.restarted', { id, delay, error })
      },
    })
  }

  async #boot(): Promise<void> {
    await this.store.open()
    await this.maintenance.recover()
  }

  async #shutDown(): Promise<void> {
    this.maintenance.stop()
    this.#deadlines.close()
    await this.store.close()
  }

  #ready(): void {
    this.maintenance.start()
    this.bus.emit('runtime.started', { owner: this.owner })
    this.#started.resolve()
  }

  #stopped(failure: unknown): void {
    if (failure !== undefined) this.#fail(failure)
    else {
      this.bus.emit('runtime.stopped', { owner: this.owner })
      this.#ended.resolve(undefined)
    }
  }

  /** Ends in the open: whoever started, waits or listens is told. */
  #fail(error: unknown): void {
    if (this.#failed) return
    this.#failed = true
    this.#started.reject(error)
    this.#settlements.close()
    this.deliveries.stopAll({ kind: 'returned', message: 'the runtime has failed' })
    this.settings.logger.error('the runtime has failed and stopped', { error })
    this.bus.emit('runtime.failed', { owner: this.owner, error })
    const failed = new Error('the runtime has failed', { cause: error })
    this.results.close(failed)
    this.#shutDown().then(
      () => this.#ended.resolve(error),
      (closing) => this.#ended.resolve(new AggregateError([error, closing])),
    )
  }

  #storeFailed(operation: string, error: unknown): void {
    this.settings.logger.error(`the store failed to ${operation}`, { error })
    this.bus.emit('store.failed', { operation, error })
  }
}
