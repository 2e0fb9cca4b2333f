import type { LifecycleError } from '../../core/errors.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { InsertOutcome, Page } from '../../ports/store-messages.ts'
import type { Engine } from '../engine.ts'
import type { TaskletHandle } from '../intake/handle.ts'
import type { Submitter } from '../intake/submitter.ts'
import type { Settings } from '../options/options.ts'
import { PlanAccess } from '../plans/plan-access.ts'
import type { StepReport } from '../steps/step-log.ts'
import { type Told, tellEvent } from '../waits/telling.ts'
import { DeadLetters } from './dead-letters.ts'
import { type ExecutableOptions, readExecutable } from './executable.ts'
import { Explainer } from './explain.ts'
import type { PulledItem } from './pulled-item.ts'
import { type PullOptions, Pulls } from './pulls.ts'
import { Queue } from './queue.ts'
import { readStats, type Stats } from './stats.ts'
import { readSteps } from './steps.ts'
import { readTimeline, type TimelineEntry, type TimelineOptions } from './timeline.ts'

/** What is done with stored work besides running it, over the parts of one engine. */
export class Management {
  readonly deadLetters: DeadLetters
  readonly explainer: Explainer
  readonly pulls: Pulls
  readonly #engine: Engine
  readonly #settings: Settings
  readonly #submitter: Submitter

  constructor(engine: Engine, settings: Settings, submitter: Submitter) {
    this.#engine = engine
    this.#settings = settings
    this.#submitter = submitter
    const { store, clock, registry, grants, deliveries } = engine
    const claimRequest = (queue: string) => engine.claims.request(queue)
    this.deadLetters = new DeadLetters({
      store,
      clock,
      newId: () => submitter.newId(),
      planVersion: (plan) => registry.plan(plan)?.version,
      // Replays do not wait for room: of many, those that find none are told as refused.
      insert: (tasklet): Promise<InsertOutcome> => engine.intake.tryInsert(tasklet),
    })
    this.explainer = new Explainer({
      store,
      clock,
      grants,
      registry,
      claimRequest,
      lookElsewhere: () => engine.mirror.refresh(),
      hasQueue: (name) => settings.queues.has(name),
      isLeftForOthers: (queue, task) => engine.claims.isLeftForOthers(queue, task),
      delivery: (id) => deliveries.get(id),
      phaseOf: (id) => deliveries.phaseOf(id),
    })
    this.pulls = new Pulls({
      ...this.#changes(),
      store,
      clock,
      registry,
      claimRequest,
      rules: engine.rules,
      expect: (at) => engine.maintenance.expect(at),
      ended: (tasklet) => engine.lastDeliveries.ended(tasklet),
      requireQueue: (name) => submitter.requireQueue(name),
    })
    engine.onReady((queue) => this.pulls.wake(queue))
  }

  queue(name: string): Queue {
    this.#submitter.requireQueue(name)
    const { store, clock } = this.#engine
    const cancel = (id: string, reason: string) => this.#engine.cancel(id, reason)
    return new Queue(name, { ...this.#changes(), store, clock, cancel })
  }

  plan(name: string): PlanAccess {
    const { registry, worlds, grants } = this.#engine
    return new PlanAccess(registry.requirePlan(name).name, {
      plan: () => registry.requirePlan(name),
      live: () => worlds.of(name),
      believedAnew: () => grants.reconsider(),
      goTo: (plan, target) => this.#submitter.goTo(plan, target),
      tryGoTo: (plan, target) => this.#submitter.tryGoTo(plan, target),
    })
  }

  steps(id: string): Promise<readonly StepReport[]> {
    const { store, stepLog: log } = this.#engine
    return readSteps({ store, log }, id)
  }

  async tell(name: string, data: unknown): Promise<Told> {
    const { store, clock } = this.#engine
    const told = await tellEvent(store, this.#submitter.newId(), { name, data, at: clock.now() })
    await this.#engine.takeMail()
    return told
  }

  async runScheduled(
    run: (schedules: Engine['schedules']) => Promise<InsertOutcome>,
  ): Promise<TaskletHandle> {
    const { results, schedules } = this.#engine
    // What settles before the handle is there is heard as well.
    const since = results.moment
    return this.#submitter.toHandle(await run(schedules), {}, since)
  }

  stats(window?: number): Promise<Stats> {
    const { store, clock } = this.#engine
    const { queues, health } = this.#settings
    return readStats(
      {
        store,
        clock,
        thresholds: health,
        queueNames: [...queues.keys()],
        brokers: this.#engine.distribution.brokers,
        maxSize: (queue) => queues.get(queue)?.maxSize,
      },
      window,
    )
  }

  timeline(options?: TimelineOptions): Promise<Page<TimelineEntry>> {
    const { store, clock, deliveries } = this.#engine
    const executingSince = (id: string) => deliveries.get(id)?.executingSince
    return readTimeline({ store, clock, executingSince }, options)
  }

  executable(options?: ExecutableOptions): Promise<readonly Tasklet[]> {
    const { store, claims, registry } = this.#engine
    return readExecutable(
      {
        store,
        queueNames: [...this.#settings.queues.keys()],
        isExternal: (name) => registry.rules.external.includes(name),
        claimRequest: (queue) => claims.request(queue),
      },
      options,
    )
  }

  pull(options?: PullOptions): Promise<readonly PulledItem[]> {
    return this.pulls.pull(options)
  }

  /** Those who wait for work are told why there will be none. */
  close(reason: LifecycleError): void {
    this.pulls.close(reason)
  }

  #changes() {
    const { intake } = this.#engine
    return {
      changed: (tasklets: Parameters<Engine['changed']>[0]) => this.#engine.changed(tasklets),
      ready: (queue: string) => intake.wake(queue),
    }
  }
}
