import { LifecycleError } from '../core/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { Claims } from './claims/claims.ts'
import type { Deadlines } from './deadlines.ts'
import type { Deliveries } from './deliveries/deliveries.ts'
import type { Settlements } from './deliveries/settlements.ts'
import type { Distribution } from './dispatch/distribution.ts'
import type { EventBus } from './events/event-bus.ts'
import type { Executors } from './executors/executors.ts'
import type { HoldsMirror } from './grants/holds-mirror.ts'
import type { Intake } from './intake/intake.ts'
import type { Results } from './intake/results.ts'
import type { Interrupts } from './interrupts/interrupts.ts'
import type { Maintenance } from './maintenance.ts'
import { Milestones } from './milestones.ts'
import type { Sweeper } from './operations/sweeper.ts'
import type { Settings } from './options/options.ts'
import type { PlanWatch } from './plans/plan-watch.ts'
import type { Reports } from './reports.ts'
import { createRoot, type RootActor } from './root.ts'
import type { Schedules } from './schedules/schedules.ts'
import type { Mailbox } from './waits/mailbox.ts'
import type { Waits } from './waits/waits.ts'
import type { Worlds } from './worlds/worlds.ts'

export interface LifecycleParts {
  readonly owner: string
  readonly settings: Settings
  readonly store: Store
  readonly clock: Clock
  readonly bus: EventBus
  readonly reports: Reports
  readonly deadlines: Deadlines
  readonly claims: Claims
  readonly deliveries: Deliveries
  readonly settlements: Settlements
  readonly intake: Intake
  readonly results: Results
  readonly maintenance: Maintenance
  readonly sweeper: Sweeper
  readonly executors: Executors
  readonly watch: PlanWatch
  readonly waits: Waits
  readonly mailbox: Mailbox
  readonly worlds: Worlds
  readonly interrupts: Interrupts
  readonly schedules: Schedules
  readonly mirror: HoldsMirror
  readonly distribution: Distribution
}

/** How the parts of an engine begin and end: the root actor, and what it opens and closes. */
export class Lifecycle {
  readonly root: RootActor
  readonly #parts: LifecycleParts
  readonly #milestones: Milestones

  constructor(parts: LifecycleParts) {
    this.#parts = parts
    this.#milestones = this.#createMilestones()
    this.root = this.#createRoot()
  }

  /** Resolves when every resident actor is ready; rejects with what kept it from starting. */
  async start(): Promise<void> {
    this.root.subscribe({ error: (error) => this.#milestones.fail(error) })
    this.root.start()
    await this.#milestones.started
    await this.#parts.watch.start()
  }

  /** Takes in nothing more; running work has `drain` milliseconds before it is told to stop. */
  stop(drain: number): void {
    const { intake, deadlines, clock } = this.#parts
    intake.close(new LifecycleError('the runtime takes no work while it is stopping'))
    this.#parts.distribution.drain()
    this.root.send({ type: 'scheduler.stop' })
    const abort = () => this.root.send({ type: 'scheduler.abort' })
    if (drain === 0) abort()
    else deadlines.add(clock.now() + drain, abort)
  }

  /** Resolves, with the failure if it was one, when everything has ended. */
  get ended(): Promise<unknown> {
    return this.#milestones.ended
  }

  #createRoot(): RootActor {
    const { settings, claims, deliveries, reports, worlds, interrupts, schedules } = this.#parts
    const residents = [...worlds.residents(), ...interrupts.residents(), ...schedules.residents()]
    return createRoot(settings, claims, deliveries, residents, {
      boot: () => this.#boot(),
      shutDown: () => this.#shutDown(),
      ready: () => this.#milestones.ready(),
      stopped: (failure) => this.#milestones.stopped(failure),
      restarted: (id, delay, error) => reports.restarted(id, delay, error),
    })
  }

  /** In this order: what is believed and what was interrupted counts before anything is claimed. */
  async #boot(): Promise<void> {
    const { store, worlds, maintenance, interrupts, schedules, waits, mirror } = this.#parts
    await store.open()
    await this.#parts.distribution.open()
    await worlds.restore()
    await maintenance.recover()
    await waits.refresh()
    await interrupts.recall()
    await schedules.refresh()
    await mirror.start()
  }

  async #shutDown(): Promise<void> {
    const { maintenance, sweeper, deadlines, executors, mailbox, waits, worlds, store, watch } =
      this.#parts
    await watch.close()
    this.#parts.schedules.close()
    maintenance.stop()
    this.#parts.mirror.stop()
    await sweeper.stop()
    deadlines.close()
    await executors.close()
    await mailbox.close()
    await waits.stop()
    await worlds.close()
    await this.#parts.distribution.close()
    await store.close()
  }

  #createMilestones(): Milestones {
    const { owner, bus, maintenance, sweeper, results, mailbox, distribution } = this.#parts
    return new Milestones({
      started: () => {
        maintenance.start()
        sweeper.start()
        bus.emit('runtime.started', { owner })
        mailbox.open()
        distribution.start()
      },
      stopped: () => {
        bus.emit('runtime.stopped', { owner })
        bus.close()
        results.close(new LifecycleError('the runtime has stopped before the tasklet ended'))
      },
      failed: (error) => this.#fail(error),
    })
  }

  /** Ends in the open: whoever waits or listens is told. */
  #fail(error: unknown): Promise<void> {
    const { settings, bus, owner, intake, results, settlements, deliveries } = this.#parts
    settings.logger.error('the runtime has failed and stopped', { error })
    bus.emit('runtime.failed', { owner, error })
    bus.close()
    intake.close(new LifecycleError('the runtime has failed', { cause: error }))
    results.close(new LifecycleError('the runtime has failed', { cause: error }))
    settlements.close()
    deliveries.stopAll({ kind: 'returned', message: 'the runtime has failed' })
    return this.#shutDown()
  }
}
