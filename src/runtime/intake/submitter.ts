import { InputError } from '../../core/errors.ts'
import { createIdSource } from '../../core/id.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { TaskReference } from '../../plan/define.ts'
import type { Plan } from '../../plan/model.ts'
import type { Clock } from '../../ports/clock.ts'
import type { InsertOutcome } from '../../ports/store-messages.ts'
import { GO_TO } from '../plans/go-to.ts'
import type { Registry } from '../plans/registry.ts'
import { type BatchEntry, type BatchOptions, toBatch } from './batch.ts'
import { type HandleServices, TaskletHandle } from './handle.ts'
import type { Intake } from './intake.ts'
import { type Submission, type SubmitOptions, toTasklet } from './submission.ts'
import { toReason } from './uniqueness.ts'

export type AnyTask = TaskReference | string

export interface SubmitterServices {
  readonly clock: Clock
  readonly registry: Registry
  readonly intake: Intake
  readonly handles: HandleServices
  /** The queues that are served here. */
  readonly queues: ReadonlyMap<string, unknown>
  /** @throws {LifecycleError} when the runtime takes no work. */
  requireOpen(): void
}

const NO_OPTIONS: SubmitOptions = {}

/** Turns what is submitted into records, and the store's answers into handles. */
export class Submitter {
  readonly #services: SubmitterServices
  readonly #newId: () => string

  constructor(services: SubmitterServices) {
    this.#services = services
    this.#newId = createIdSource(() => services.clock.now())
  }

  /** As soon as the queue has room. */
  async submit(task: AnyTask, input: unknown, options = NO_OPTIONS): Promise<TaskletHandle> {
    const tasklet = this.toTasklet(task, input, options)
    const since = this.#services.handles.moment
    const outcome = await this.#services.intake.insert(tasklet, options.signal)
    return this.toHandle(outcome, options, since)
  }

  /** Now or not at all. */
  async trySubmit(task: AnyTask, input: unknown, options = NO_OPTIONS): Promise<TaskletHandle> {
    const tasklet = this.toTasklet(task, input, options)
    const since = this.#services.handles.moment
    return this.toHandle(await this.#services.intake.tryInsert(tasklet), options, since)
  }

  async submitBatch(
    entries: readonly BatchEntry[],
    { signal }: BatchOptions = {},
  ): Promise<Record<string, TaskletHandle>> {
    const records = this.toBatch(entries)
    const since = this.#services.handles.moment
    const outcomes = await this.#services.intake.insertAll([...records.values()], signal)
    return this.toHandles(entries, records, outcomes, since)
  }

  /** All now or none at all. */
  async trySubmitBatch(entries: readonly BatchEntry[]): Promise<Record<string, TaskletHandle>> {
    const records = this.toBatch(entries)
    const since = this.#services.handles.moment
    const outcomes = await this.#services.intake.tryInsertAll([...records.values()])
    return this.toHandles(entries, records, outcomes, since)
  }

  /** Submits the tasklet that brings the world of the plan into the state. */
  async goTo(plan: Plan, target: string): Promise<TaskletHandle> {
    const tasklet = this.#toGoTo(plan, target)
    const since = this.#services.handles.moment
    return this.toHandle(await this.#services.intake.insert(tasklet), NO_OPTIONS, since)
  }

  /** As `goTo`, now or not at all. */
  async tryGoTo(plan: Plan, target: string): Promise<TaskletHandle> {
    const tasklet = this.#toGoTo(plan, target)
    const since = this.#services.handles.moment
    return this.toHandle(await this.#services.intake.tryInsert(tasklet), NO_OPTIONS, since)
  }

  /** The handle of a tasklet that is stored already. */
  toHandleOf(id: string): TaskletHandle {
    return new TaskletHandle(id, undefined, this.#services.handles, undefined)
  }

  newId(): string {
    return this.#newId()
  }

  /**
   * The record of a submission.
   * @throws {InputError} that names what is wrong.
   * @throws {LifecycleError} when the runtime takes no work.
   */
  toTasklet(task: AnyTask, input: unknown, options: SubmitOptions): Tasklet {
    return this.#build(this.#find(task, input, options), this.#newId())
  }

  /** The records of a batch by key, dependencies first. Throws as `toTasklet` does. */
  toBatch(entries: readonly BatchEntry[]): ReadonlyMap<string, Tasklet> {
    return toBatch(entries, this.#newId, (entry, id, resolve) => {
      const { task, input, dependsOn } = entry
      const options = dependsOn === undefined ? entry.options : { ...entry.options, dependsOn }
      return this.#build({ ...this.#find(task, input, options ?? NO_OPTIONS), resolve }, id)
    })
  }

  /**
   * `since`: a moment before the tasklet was committed; now, unless given. What is stored may have
   * ended before the submitter's turn comes, and a later moment would miss its end.
   */
  toHandle(
    outcome: InsertOutcome,
    options: SubmitOptions,
    since = this.#services.handles.moment,
  ): TaskletHandle {
    const reason = toReason(outcome, options)
    return new TaskletHandle(outcome.tasklet.id, reason, this.#services.handles, since)
  }

  /** `outcomes` are those of the records, in their order; `since` as for `toHandle`. */
  toHandles(
    entries: readonly BatchEntry[],
    records: ReadonlyMap<string, Tasklet>,
    outcomes: readonly InsertOutcome[],
    since = this.#services.handles.moment,
  ): Record<string, TaskletHandle> {
    const byKey = new Map([...records.keys()].map((key, index) => [key, outcomes[index]]))
    return Object.fromEntries(
      entries.flatMap(({ key, options = NO_OPTIONS }) => {
        const outcome = byKey.get(key)
        return outcome === undefined ? [] : [[key, this.toHandle(outcome, options, since)] as const]
      }),
    )
  }

  #find(task: AnyTask, input: unknown, options: SubmitOptions): Submission {
    const { registry } = this.#services
    const name = typeof task === 'string' ? task : `${task.plan}/${task.name}`
    const found = registry.requireTask(name)
    const plan = registry.requirePlan(found.plan)
    return { plan, task: found, input, options, source: 'api' }
  }

  /** @throws {InputError} for a queue that is not served here: the work would stay for ever. */
  requireQueue(name: string): void {
    const { queues } = this.#services
    if (queues.has(name)) return
    const known = [...queues.keys()].join(', ')
    throw new InputError(`there is no queue "${name}"; declare it in the options: ${known}`)
  }

  #toGoTo(plan: Plan, target: string): Tasklet {
    const task = this.#services.registry.requireTask(`${plan.name}/${GO_TO}`)
    const input = { target }
    return this.#build(
      { plan, task, input, options: NO_OPTIONS, requires: [target], source: 'manual' },
      this.#newId(),
    )
  }

  #build(submission: Submission, id: string): Tasklet {
    this.#services.requireOpen()
    const tasklet = toTasklet(submission, id, this.#services.clock.now())
    this.requireQueue(tasklet.queue)
    return tasklet
  }
}
