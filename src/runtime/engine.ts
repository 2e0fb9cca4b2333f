import { LifecycleError } from '../core/errors.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { Plan } from '../plan/model.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { CancelOutcome, Renewal } from '../ports/store-messages.ts'
import { Cancellations } from './cancellations.ts'
import { Claims } from './claims.ts'
import { Deadlines } from './deadlines.ts'
import { Deliveries } from './deliveries.ts'
import type { TaskletActor } from './delivery.ts'
import { Endings } from './endings.ts'
import { EventBus } from './event-bus.ts'
import { Grants } from './grants.ts'
import { HookRunner } from './hooks.ts'
import { Intake } from './intake.ts'
import { LastDeliveries } from './last-deliveries.ts'
import { Lifecycle } from './lifecycle.ts'
import { Maintenance } from './maintenance.ts'
import { Sweeper } from './operations/sweeper.ts'
import type { Settings } from './options.ts'
import type { OutcomeRules } from './outcomes.ts'
import { createOwner } from './owner.ts'
import { Registry } from './registry.ts'
import { Reports } from './reports.ts'
import { Results } from './results.ts'
import { createRoot, type RootActor } from './root.ts'
import { Settlements } from './settlements.ts'
import { Stages } from './stages.ts'
import { createWork } from './work.ts'

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
  readonly results: Results
  readonly grants: Grants
  readonly root: RootActor
  readonly claims: Claims
  readonly lastDeliveries: LastDeliveries
  readonly maintenance: Maintenance
  readonly rules: OutcomeRules
  readonly #settings: Settings
  readonly #reports: Reports
  readonly #deadlines: Deadlines
  readonly #settlements: Settlements
  readonly #stages: Stages
  readonly #endings: Endings
  readonly #cancellations: Cancellations
  readonly #lifecycle: Lifecycle
  readonly #sweeper: Sweeper
  #onReady: (queue: string) => void = () => {}

  constructor(store: Store, plans: readonly Plan[], settings: Settings) {
    const { clock } = settings
    this.#settings = settings
    this.#reports = new Reports(settings.logger, () => this.bus)
    this.clock = clock
    this.store = store
    this.results = new Results(store)
    this.registry = new Registry(plans, settings.resources)
    this.bus = new EventBus(clock, (error) => this.#reports.failed(error))
    this.hooks = new HookRunner(clock, settings.hookTimeout)
    this.rules = { now: () => clock.now(), random: settings.random }
    this.#deadlines = new Deadlines(clock)
    this.lastDeliveries = new LastDeliveries(settings, (queues) => this.intake.wakeAll(queues))
    this.grants = this.#createGrants()
    this.intake = this.#createIntake()
    this.#settlements = this.#createSettlements()
    this.#stages = this.#createStages()
    this.deliveries = new Deliveries(this.registry, this.#stages, (actor) => this.#release(actor))
    this.maintenance = this.#createMaintenance()
    this.#endings = this.#createEndings()
    this.#cancellations = new Cancellations(this)
    this.#lifecycle = this.#createLifecycle()
    this.claims = this.#createClaims()
    this.#sweeper = new Sweeper(store, clock, settings.retention, (error) =>
      this.#reports.storeFailed('sweep', error),
    )
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
    this.intake.close(new LifecycleError('the runtime takes no work while it is stopping'))
    this.root.send({ type: 'scheduler.stop' })
    const abort = () => this.root.send({ type: 'scheduler.abort' })
    if (drain === 0) abort()
    else this.#deadlines.add(this.clock.now() + drain, abort)
  }

  /** Resolves, with the failure if it was one, when everything has ended. */
  get ended(): Promise<unknown> {
    return this.#lifecycle.ended
  }

  cancel(id: string, reason = 'cancelled on request'): Promise<CancelOutcome> {
    return this.#cancellations.cancel(id, reason)
  }

  /** Calls whenever work may have become ready in a queue. */
  onReady(listener: (queue: string) => void): void {
    this.#onReady = listener
  }

  /** The statuses of these records, which do not run here, have changed. */
  changed(tasklets: readonly Tasklet[]): void {
    this.#endings.changed(tasklets)
  }

  #createIntake(): Intake {
    return new Intake(this.store, this.bus, this.#settings.maxSizes, {
      ready: (queue) => {
        this.root.send({ type: 'work.available', queue })
        this.#onReady(queue)
      },
      expect: (at) => this.maintenance.expect(at),
      ended: (tasklets) => this.#endings.changed(tasklets),
    })
  }

  #release(actor: TaskletActor): void {
    // Between a crash and the restart nobody is there to stop it; it then has nothing left to do.
    this.root.getSnapshot().children.execution?.send({ type: 'tasklet.released', actor })
  }

  #createGrants(): Grants {
    const limits = {
      slots: (queue: string) => this.#settings.queues.get(queue)?.concurrency ?? 0,
      pool: (plan: string, resource: string) => this.registry.pool(plan, resource),
      transitionUnits: (plan: string) => this.registry.transitionUnits(plan),
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
      failed: (error) => this.#reports.storeFailed('settle', error),
    })
  }

  #createStages(): Stages {
    return new Stages({
      clock: this.clock,
      deadlines: this.#deadlines,
      grants: this.grants,
      hooks: this.hooks,
      settlements: this.#settlements,
      bus: this.bus,
      rules: this.rules,
      grace: this.#settings.grace,
      report: (error) => this.#reports.failed(error),
      ...createWork({
        store: this.store,
        clock: this.clock,
        registry: this.registry,
        grants: this.grants,
        bus: this.bus,
        rules: this.rules,
        settings: this.#settings,
        failed: (error) => this.#reports.storeFailed('get', error),
      }),
    })
  }

  #createEndings(): Endings {
    return new Endings({
      grants: this.grants,
      deliveries: this.deliveries,
      settlements: this.#settlements,
      results: this.results,
      bus: this.bus,
      rules: this.rules,
      expect: (at) => this.maintenance.expect(at),
      ready: (queue) => this.intake.wake(queue),
      ended: (tasklet) => this.lastDeliveries.ended(tasklet),
      freed: (queue, count) => this.intake.freed(queue, count),
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
        rescued: (tasklets) => this.changed(tasklets),
        expired: (tasklets) => this.changed(tasklets),
        ready: (ready) => this.intake.wakeAll(ready ?? queues.keys()),
        foreignChange: () => {
          this.intake.freedAnywhere()
          return this.results.refresh()
        },
        failed: (operation, error) => this.#reports.storeFailed(operation, error),
      },
    )
  }

  #createClaims(): Claims {
    return new Claims({
      store: this.store,
      clock: this.clock,
      owner: this.owner,
      lease: this.#settings.lease,
      lastDelivery: this.lastDeliveries.after,
      grants: this.grants,
      registry: this.registry,
      queues: this.#settings.queues,
      claimed: (queue, tasklets) => {
        this.root.send({ type: 'tasklets.claimed', queue, tasklets })
        this.intake.freed(queue, tasklets.length)
      },
      failed: (error) => this.#reports.storeFailed('claim', error),
    })
  }

  #createRoot(): RootActor {
    return createRoot(this.#settings, this.claims, this.deliveries, {
      boot: () => this.#boot(),
      shutDown: () => this.#shutDown(),
      ready: () => this.#lifecycle.ready(),
      stopped: (failure) => this.#lifecycle.stopped(failure),
      restarted: (id, delay, error) => this.#reports.restarted(id, delay, error),
    })
  }

  #renewed({ lost, cancelled }: Renewal): void {
    const { deliveries } = this
    for (const id of lost)
      deliveries.stop(id, { kind: 'lease-lost', message: 'the lease was lost' })
    for (const { id, reason } of cancelled) {
      deliveries.stop(id, { kind: 'cancelled', message: reason })
    }
  }

  async #boot(): Promise<void> {
    await this.store.open()
    await this.maintenance.recover()
  }

  async #shutDown(): Promise<void> {
    this.maintenance.stop()
    await this.#sweeper.stop()
    this.#deadlines.close()
    await this.store.close()
  }

  #createLifecycle(): Lifecycle {
    const { owner, bus } = this
    return new Lifecycle({
      started: () => {
        this.maintenance.start()
        this.#sweeper.start()
        bus.emit('runtime.started', { owner })
      },
      stopped: () => {
        bus.emit('runtime.stopped', { owner })
        this.results.close(new LifecycleError('the runtime has stopped before the tasklet ended'))
      },
      failed: (error) => this.#fail(error),
    })
  }

  /** Ends in the open: whoever waits or listens is told. */
  #fail(error: unknown): Promise<void> {
    this.#settings.logger.error('the runtime has failed and stopped', { error })
    this.bus.emit('runtime.failed', { owner: this.owner, error })
    this.intake.close(new LifecycleError('the runtime has failed', { cause: error }))
    this.results.close(new LifecycleError('the runtime has failed', { cause: error }))
    this.#settlements.close()
    this.deliveries.stopAll({ kind: 'returned', message: 'the runtime has failed' })
    return this.#shutDown()
  }
}
