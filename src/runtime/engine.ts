import type { Tasklet } from '../core/tasklet.ts'
import type { HandlerRuntime } from '../plan/handler.ts'
import type { Plan } from '../plan/model.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { CancelOutcome, LeaseRef, Renewal } from '../ports/store-messages.ts'
import type { Claims } from './claims/claims.ts'
import { createClaims } from './claims/create-claims.ts'
import { LastDeliveries } from './claims/last-deliveries.ts'
import { createMaintenance } from './create-maintenance.ts'
import { Deadlines } from './deadlines.ts'
import { Cancellations } from './deliveries/cancellations.ts'
import { createStages } from './deliveries/create-stages.ts'
import { Deliveries } from './deliveries/deliveries.ts'
import { traceDelivery } from './deliveries/delivery-trace.ts'
import { Endings } from './deliveries/endings.ts'
import { type OutcomeRules, toOutcomeRules } from './deliveries/outcomes.ts'
import { Settlements } from './deliveries/settlements.ts'
import type { Stages } from './deliveries/stages.ts'
import { createDistribution } from './dispatch/create-distribution.ts'
import type { Distribution } from './dispatch/distribution.ts'
import { EventBus } from './events/event-bus.ts'
import { Executors } from './executors/executors.ts'
import { createGrants } from './grants/create-grants.ts'
import type { Grants } from './grants/grants.ts'
import type { HoldsMirror } from './grants/holds-mirror.ts'
import type { SharedGrants } from './grants/shared-grants.ts'
import { HookRunner } from './hooks.ts'
import { Intake } from './intake/intake.ts'
import { Results } from './intake/results.ts'
import { traceSubmission } from './intake/submission-trace.ts'
import { createInterrupts } from './interrupts/create-interrupts.ts'
import type { Interrupts } from './interrupts/interrupts.ts'
import { Lifecycle, type LifecycleParts } from './lifecycle.ts'
import type { Maintenance } from './maintenance.ts'
import { Sweeper } from './operations/sweeper.ts'
import type { Settings } from './options/options.ts'
import { createOwner } from './owner.ts'
import { createReloads, type Loading } from './plans/create-reloads.ts'
import { PassivatedRuns } from './plans/passivated-runs.ts'
import { createRegistry, type Registry } from './plans/registry.ts'
import type { Reloads } from './plans/reloads.ts'
import { Reports } from './reports.ts'
import type { RootActor } from './root.ts'
import { createSchedules } from './schedules/create-schedules.ts'
import type { Schedules } from './schedules/schedules.ts'
import { StepLog } from './steps/step-log.ts'
import { createWaits } from './waits/create-waits.ts'
import type { Mailbox } from './waits/mailbox.ts'
import type { Waits } from './waits/waits.ts'
import { createWorlds, type Worlds } from './worlds/worlds.ts'

/** Joins the machines to the ports: the parts of a runtime, and how they talk to each other. */
export class Engine {
  readonly owner = createOwner()
  readonly clock: Clock
  readonly store: Store
  readonly registry: Registry
  readonly bus: EventBus
  readonly hooks: HookRunner
  readonly deliveries: Deliveries
  readonly passivated: PassivatedRuns
  readonly intake: Intake
  readonly results: Results
  readonly waits: Waits
  readonly mailbox: Mailbox
  readonly worlds: Worlds
  readonly grants: Grants
  readonly shared: SharedGrants
  readonly mirror: HoldsMirror
  readonly interrupts: Interrupts
  readonly schedules: Schedules
  readonly distribution: Distribution
  readonly claims: Claims
  readonly lastDeliveries: LastDeliveries
  readonly maintenance: Maintenance
  readonly rules: OutcomeRules
  readonly stepLog = new StepLog()
  readonly reloads: Reloads
  readonly #settings: Settings
  readonly #reports: Reports
  readonly #settlements: Settlements
  readonly #stages: Stages
  readonly #endings: Endings
  readonly #cancellations: Cancellations
  readonly #lifecycle: Lifecycle
  #onReady: (queue: string) => void = () => {}

  constructor(
    store: Store,
    plans: readonly Plan[],
    settings: Settings,
    handlerRuntime: HandlerRuntime,
    loading: Loading,
  ) {
    const { clock } = settings
    this.#settings = settings
    this.#reports = new Reports(settings.logger, () => this.bus)
    this.clock = clock
    this.store = store
    this.results = new Results(store)
    this.registry = createRegistry(plans, settings)
    this.bus = new EventBus(clock, (error) => this.#reports.failed(error))
    this.hooks = new HookRunner(clock, settings.hookTimeout)
    this.rules = toOutcomeRules(settings)
    this.lastDeliveries = new LastDeliveries(settings, (queues) => this.intake.wakeAll(queues))
    const told = createWaits({ store, clock, bus: this.bus }, this.#reports, (tasklets) =>
      this.changed(tasklets),
    )
    ;({ waits: this.waits, mailbox: this.mailbox } = told)
    this.worlds = createWorlds({ ...this, settings, reports: this.#reports })
    ;({ grants: this.grants, shared: this.shared, mirror: this.mirror } = this.#createGrants())
    this.intake = this.#createIntake()
    this.#settlements = this.#createSettlements()
    const machinery = { deadlines: new Deadlines(clock), executors: new Executors(settings) }
    this.#stages = createStages({ ...this.#shared(), ...machinery, handlerRuntime })
    this.passivated = new PassivatedRuns({ ...this, versions: this.registry.versions })
    this.deliveries = this.#createDeliveries()
    this.maintenance = createMaintenance({ store, clock, settings }, this.#reports, this)
    this.#endings = this.#createEndings()
    this.#cancellations = new Cancellations(this)
    this.distribution = this.#createDistribution()
    this.claims = this.#createClaims()
    this.interrupts = createInterrupts({ ...this.#shared(), ...this })
    this.schedules = createSchedules({ ...this.#shared(), ...this })
    const { reloads, watch } = this.#createReloads(loading, machinery.executors)
    this.reloads = reloads
    this.#lifecycle = this.#createLifecycle({ ...machinery, watch })
  }

  get root(): RootActor {
    return this.#lifecycle.root
  }

  /** Resolves when every resident actor is ready; rejects with what kept it from starting. */
  start(): Promise<void> {
    return this.#lifecycle.start()
  }

  /** Takes in nothing more; running work has `drain` milliseconds before it is told to stop. */
  stop(drain: number): void {
    this.#lifecycle.stop(drain)
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

  /** What most parts need of the others. */
  #shared() {
    return {
      store: this.store,
      clock: this.clock,
      registry: this.registry,
      worlds: this.worlds,
      grants: this.grants,
      shared: this.shared,
      mirror: this.mirror,
      bus: this.bus,
      waits: this.waits,
      stepLog: this.stepLog,
      hooks: this.hooks,
      rules: this.rules,
      settings: this.#settings,
      settlements: this.#settlements,
      reports: this.#reports,
      cancel: (id: string, reason: string) => this.cancel(id, reason),
      renewed: (renewal: Renewal, leases: readonly LeaseRef[]) =>
        this.deliveries.renewed(renewal, leases),
    }
  }

  #createReloads(loading: Loading, executors: Executors) {
    return createReloads(loading, {
      ...this.#shared(),
      ...this,
      executors,
      exchange: (gone, residents) =>
        this.root.send({ type: 'residents.replaced', gone, residents }),
    })
  }

  /** Tells what was stored to be told; what cannot be taken now is taken when it is next looked for. */
  takeMail(): Promise<void> {
    return this.mailbox.take().catch((error) => this.#reports.storeFailed('take events', error))
  }

  #createLifecycle(
    machinery: Pick<LifecycleParts, 'deadlines' | 'executors' | 'watch'>,
  ): Lifecycle {
    const sweeper = new Sweeper(this.store, this.clock, this.#settings.retention, (error) =>
      this.#reports.storeFailed('sweep', error),
    )
    return new Lifecycle({ ...this.#shared(), ...this, ...machinery, sweeper })
  }

  #createGrants() {
    return createGrants({
      ...this,
      settings: this.#settings,
      reports: this.#reports,
      granted: (delivery) => {
        this.#stages.granted(delivery)
        // Its task was left out of claims while it waited.
        this.intake.wake(delivery.tasklet.queue)
      },
      waitsHere: (tasklet) => this.claims.waitsHere(tasklet),
      stop: (delivery, reason) => this.#stages.stop(delivery, reason),
    })
  }

  #createIntake(): Intake {
    return new Intake(this.store, this.bus, this.#settings.maxSizes, {
      ready: (queue) => {
        this.distribution.stirred(queue)
        this.root.send({ type: 'work.available', queue })
        this.#onReady(queue)
      },
      expect: (at) => this.maintenance.expect(at),
      waitsTimed: (task) => this.claims.expectTimed(task),
      ended: (tasklets) => this.#endings.changed(tasklets),
      trace: (tasklets) => traceSubmission(this.#settings.tracing, tasklets),
    })
  }

  #createDeliveries(): Deliveries {
    return new Deliveries({
      versions: this.registry.versions,
      passivated: this.passivated,
      stages: this.#stages,
      trace: (tasklet) => traceDelivery(this.#settings.tracing, tasklet, this.clock.now()),
      // Between a crash and the restart nobody is there to stop it; it then has nothing left to do.
      released: (actor) =>
        this.root.getSnapshot().children.execution?.send({ type: 'tasklet.released', actor }),
    })
  }

  #createSettlements(): Settlements {
    return new Settlements(this.store, this.clock, {
      settled: (delivery, answer) => {
        this.#endings.settled(delivery, answer)
        if (!this.deliveries.isLive(delivery)) this.distribution.ended(delivery.tasklet)
      },
      flushed: (batch) => {
        for (const queue of new Set(batch.map(({ tasklet }) => tasklet.queue))) {
          this.distribution.stirred(queue)
          this.root.send({ type: 'room.freed', queue })
        }
      },
      failed: (error) => this.#reports.storeFailed('settle', error),
    })
  }

  #createEndings(): Endings {
    return new Endings({
      ...this.#shared(),
      ...this,
      expect: (at) => this.maintenance.expect(at),
      ready: (queue) => this.intake.wake(queue),
      ended: (tasklet) => this.lastDeliveries.ended(tasklet),
      freed: (queue, count) => this.intake.freed(queue, count),
    })
  }

  #createDistribution(): Distribution {
    return createDistribution({
      ...this.#shared(),
      ...this,
      request: (queue, limit) => this.claims.request(queue, limit),
      wake: (queue) => this.root.send({ type: 'work.available', queue }),
    })
  }

  #createClaims(): Claims {
    return createClaims({
      ...this.#shared(),
      ...this,
      source: this.distribution.work,
      claimed: (queue, tasklets) => {
        this.root.send({ type: 'tasklets.claimed', queue, tasklets })
        this.intake.freed(queue, tasklets.length)
      },
    })
  }
}
