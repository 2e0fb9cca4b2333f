import { LifecycleError } from '../core/errors.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { Plan } from '../plan/model.ts'
import type { Clock } from '../ports/clock.ts'
import type { CancelOutcome, Renewal, Store } from '../ports/store.ts'
import { Claims } from './claims.ts'
import { Deadlines } from './deadlines.ts'
import { Deliveries } from './deliveries.ts'
import type { Delivery, StopReason } from './delivery.ts'
import { Endings } from './endings.ts'
import { EventBus } from './event-bus.ts'
import { Grants } from './grants.ts'
import { HandlerContext } from './handler-context.ts'
import { HookRunner } from './hooks.ts'
import { Intake } from './intake.ts'
import { Lifecycle } from './lifecycle.ts'
import { bindLog } from './log.ts'
import { Maintenance } from './maintenance.ts'
import type { Settings } from './options.ts'
import type { OutcomeRules } from './outcomes.ts'
import { createOwner } from './owner.ts'
import { Preparations } from './preparations.ts'
import { Registry } from './registry.ts'
import { Results } from './results.ts'
import { createRoot, type RootActor } from './root.ts'
import { Settlements } from './settlements.ts'
import { Stages } from './stages.ts'

/** Joins the machines to the ports: the parts of a runtime, and how they talk to each other. */
export class Engine {
  readonly owner = createOwner()
  readonly clock: Clock
  readonly store: Store
  readonly registry: Registry
  readonly bus: EventBus
  readonly hooks: HookRunner
  readonly deliveries: Deliveries
  readonly intake: Intake
  readonly root: RootActor
  readonly #settings: Settings
  readonly #rules: OutcomeRules
  readonly #results: Results
  readonly #deadlines: Deadlines
  readonly #grants: Grants
  readonly #settlements: Settlements
  readonly #stages: Stages
  readonly #endings: Endings
  readonly #maintenance: Maintenance
  readonly #lifecycle: Lifecycle

  constructor(store: Store, plans: readonly Plan[], settings: Settings) {
    const { clock } = settings
    this.#settings = settings
    this.clock = clock
    this.store = store
    this.#results = new Results((id) => store.get(id))
    this.registry = new Registry(plans, settings.resources)
    this.bus = new EventBus(clock, (error) => this.#report(error))
    this.hooks = new HookRunner(clock, settings.hookTimeout)
    this.#rules = { now: () => clock.now(), random: settings.random }
    this.#deadlines = new Deadlines(clock)
    this.#grants = this.#createGrants()
    this.intake = new Intake(store, this.bus, {
      ready: (queue) => this.root.send({ type: 'work.available', queue }),
      expect: (at) => this.#maintenance.expect(at),
    })
    this.#settlements = this.#createSettlements()
    this.#stages = this.#createStages()
    this.deliveries = new Deliveries(this.registry, this.#stages)
    this.#maintenance = this.#createMaintenance()
    this.#endings = this.#createEndings()
    this.#lifecycle = this.#createLifecycle()
    this.root = this.#createRoot()
  }

  /** Resolves when every resident actor is ready; rejects with what kept it from starting. */
  async start(): Promise<void> {
    this.root.subscribe({ error: (error) => this.#lifecycle.fail(error) })
    this.root.start()
    await this.#lifecycle.started
  }

  /** Takes in nothing more; running work has `drain` milliseconds before it is told to stop. */
  stop(drain: number): void {
    this.root.send({ type: 'scheduler.stop' })
    const abort = () => this.root.send({ type: 'scheduler.abort' })
    if (drain === 0) abort()
    else this.#deadlines.add(this.clock.now() + drain, abort)
  }

  /** Resolves, with the failure if it was one, when everything has ended. */
  get ended(): Promise<unknown> {
    return this.#lifecycle.ended
  }

  /** Resolves with the record when it is final. */
  settled(id: string): Promise<Tasklet> {
    return this.#results.of(id)
  }

  async cancel(id: string, reason = 'cancelled on request'): Promise<CancelOutcome> {
    const error = { kind: 'cancelled', message: reason } as const
    const outcome = await this.store.cancel(id, error, this.clock.now())
    if (outcome === 'requested') this.#stop(id, { kind: 'cancelled', message: reason })
    if (outcome === 'cancelled') {
      const tasklet = await this.store.get(id)
      if (tasklet !== undefined) this.#endings.announce(tasklet)
    }
    return outcome
  }

  #createGrants(): Grants {
    const limits = {
      slots: (queue: string) => this.#settings.queues.get(queue)?.concurrency ?? 0,
      pool: (plan: string, resource: string) => this.registry.pool(plan, resource),
    }
    return new Grants(limits, (delivery) => {
      this.#stages.granted(delivery)
      // Its task was left out of claims while it waited.
      this.intake.wake(delivery.tasklet.queue)
    })
  }

  #createSettlements(): Settlements {
    return new Settlements(this.store, this.clock, {
      settled: (delivery, answer) => this.#endings.settled(delivery, answer),
      flushed: (batch) => {
        for (const queue of new Set(batch.map(({ tasklet }) => tasklet.queue))) {
          this.root.send({ type: 'room.freed', queue })
        }
      },
      failed: (error) => this.#storeFailed('settle', error),
    })
  }

  #createStages(): Stages {
    const preparations = this.#createPreparations()
    return new Stages({
      clock: this.clock,
      deadlines: this.#deadlines,
      grants: this.#grants,
      hooks: this.hooks,
      settlements: this.#settlements,
      bus: this.bus,
      rules: this.#rules,
      grace: this.#settings.grace,
      report: (error) => this.#report(error),
      prepare: (delivery) => preparations.prepare(delivery),
      run: (delivery) => this.#run(delivery),
    })
  }

  #createPreparations(): Preparations {
    const { planningLimits: limits, planningTimeout: timeout, grace, logger } = this.#settings
    return new Preparations({
      clock: this.clock,
      registry: this.registry,
      grants: this.#grants,
      bus: this.bus,
      rules: this.#rules,
      limits,
      timeout,
      grace,
      log: (fields) => bindLog(logger, fields),
    })
  }

  #createEndings(): Endings {
    return new Endings({
      grants: this.#grants,
      deliveries: this.deliveries,
      settlements: this.#settlements,
      results: this.#results,
      bus: this.bus,
      rules: this.#rules,
      expect: (at) => this.#maintenance.expect(at),
      released: (actor) =>
        this.root.getSnapshot().children.execution?.send({ type: 'tasklet.released', actor }),
    })
  }

  #createMaintenance(): Maintenance {
    const { lease, maxDeliveries, queues } = this.#settings
    return new Maintenance(
      this.store,
      this.clock,
      { lease, maxDeliveries },
      {
        leases: () => this.deliveries.leases(),
        renewed: (renewal) => this.#renewed(renewal),
        rescued: (tasklets) => {
          for (const tasklet of tasklets) {
            this.#endings.announce(tasklet)
            this.intake.wake(tasklet.queue)
          }
        },
        ready: (ready) => {
          for (const queue of ready ?? queues.keys()) this.intake.wake(queue)
        },
        foreignChange: () => this.#results.refresh(),
        failed: (operation, error) => this.#storeFailed(operation, error),
      },
    )
  }

  #createRoot(): RootActor {
    const { lease, logger } = this.#settings
    const claims = new Claims({
      store: this.store,
      clock: this.clock,
      owner: this.owner,
      lease,
      grants: this.#grants,
      registry: this.registry,
      claimed: (queue, tasklets) => this.root.send({ type: 'tasklets.claimed', queue, tasklets }),
      failed: (error) => this.#storeFailed('claim', error),
    })
    return createRoot(this.#settings, claims, this.deliveries, {
      boot: () => this.#boot(),
      shutDown: () => this.#shutDown(),
      ready: () => this.#lifecycle.ready(),
      stopped: (failure) => this.#lifecycle.stopped(failure),
      restarted: (id, delay, error) => {
        logger.warn(`actor ${id} crashed and starts again`, { delay, error })
        this.bus.emit('actor.restarted', { id, delay, error })
      },
    })
  }

  #run(delivery: Delivery): unknown {
    const { task, tasklet } = delivery
    const plan = this.registry.requirePlan(tasklet.plan)
    return task?.run(new HandlerContext(delivery, plan, this.#settings.logger, this.bus))
  }

  #renewed({ lost, cancelled }: Renewal): void {
    for (const id of lost) this.#stop(id, { kind: 'lease-lost', message: 'the lease was lost' })
    for (const { id, reason } of cancelled) this.#stop(id, { kind: 'cancelled', message: reason })
  }

  #stop(id: string, reason: StopReason): void {
    const delivery = this.deliveries.get(id)
    if (delivery !== undefined) this.#stages.stop(delivery, reason)
  }

  async #boot(): Promise<void> {
    await this.store.open()
    await this.#maintenance.recover()
  }

  async #shutDown(): Promise<void> {
    this.#maintenance.stop()
    this.#deadlines.close()
    await this.store.close()
  }

  #createLifecycle(): Lifecycle {
    const { owner, bus } = this
    return new Lifecycle({
      started: () => {
        this.#maintenance.start()
        bus.emit('runtime.started', { owner })
      },
      stopped: () => {
        bus.emit('runtime.stopped', { owner })
        this.#results.close(new LifecycleError('the runtime has stopped before the tasklet ended'))
      },
      failed: (error) => this.#fail(error),
    })
  }

  /** Ends in the open: whoever waits or listens is told. */
  #fail(error: unknown): Promise<void> {
    this.#settings.logger.error('the runtime has failed and stopped', { error })
    this.bus.emit('runtime.failed', { owner: this.owner, error })
    this.#results.close(new LifecycleError('the runtime has failed', { cause: error }))
    this.#settlements.close()
    this.deliveries.stopAll({ kind: 'returned', message: 'the runtime has failed' })
    return this.#shutDown()
  }

  #report(error: unknown): void {
    this.#settings.logger.error('something of ours failed', { error })
  }

  #storeFailed(operation: string, error: unknown): void {
    this.#settings.logger.error(`the store failed to ${operation}`, { error })
    this.bus.emit('store.failed', { operation, error })
  }
}
