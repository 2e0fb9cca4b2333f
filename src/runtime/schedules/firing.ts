import { InputError } from '../../core/errors.ts'
import type { Schedule } from '../../plan/model.ts'
import type { Fact, InsertOutcome } from '../../ports/store-messages.ts'
import { isEnabled, ScheduleFact, type ScheduleMemory, toMemory } from './memory.ts'
import { fullScheduleName } from './names.ts'
import { askOverlap, type Overlap } from './overlap.ts'
import type { Occasion, ScheduleServices } from './services.ts'
import { toSubmission } from './submission.ts'

/** One time at which a schedule fires. */
export interface Shot {
  readonly event: Occasion
  /** The same in every process that sees the instant or the event; undefined: nobody else does. */
  readonly key: string | undefined
  readonly source: 'schedule' | 'event'
  readonly overlap: Overlap
  /** Milliseconds since the epoch; undefined: at once. */
  readonly runAt?: number | undefined
}

/** One schedule: what is kept of it, and how it comes to a tasklet. */
export class Firing {
  readonly schedule: Schedule
  memory: ScheduleMemory = {}
  readonly #services: ScheduleServices
  readonly #fact: ScheduleFact

  constructor(schedule: Schedule, services: ScheduleServices) {
    this.schedule = schedule
    this.#services = services
    this.#fact = new ScheduleFact(schedule, services.store)
  }

  get isEnabled(): boolean {
    return isEnabled(this.schedule, this.memory)
  }

  async recall(): Promise<void> {
    this.memory = await this.#fact.read()
  }

  /** What another process has written, unless this one has written since. */
  learn(fact: Pick<Fact, 'value' | 'version'>): void {
    if (this.#fact.isNews(fact)) this.memory = toMemory(fact.value)
  }

  /** Rejects when the store does not keep it; then everything is as it was. */
  async change(change: (memory: ScheduleMemory) => ScheduleMemory): Promise<void> {
    this.memory = await this.#fact.change(change)
  }

  /**
   * Stores the tasklet, as the overlap rule allows. What is wrong with the schedule itself is told,
   * and nothing comes of it; rejects only when the store does.
   */
  async fire(shot: Shot, signal: AbortSignal): Promise<InsertOutcome | undefined> {
    const { schedule } = this
    const { event, key, source, overlap, runAt } = shot
    try {
      const plan = this.#services.plan(schedule.plan)
      // Before anything is cancelled for it: the input may be wrong.
      const prepared = toSubmission(plan, schedule, event, { source })
      const answer = await askOverlap(schedule, overlap, { at: event.at, key }, this.#services)
      signal.throwIfAborted()
      if (!answer.fires) {
        this.#skipped(event, answer.waitsFor)
        return undefined
      }
      const options = {
        ...prepared.options,
        ...answer.options,
        ...(key !== undefined && { idempotencyKey: key }),
        ...(runAt !== undefined && { runAt }),
      }
      const outcome = await this.#services.insert({ ...prepared, options }, signal)
      const { id } = outcome.tasklet
      this.memory = { ...this.memory, firedAt: event.at, tasklet: id }
      if (outcome.created) this.#fired(event, id)
      return outcome
    } catch (error) {
      if (signal.aborted || !isOfSchedule(error)) throw error
      this.failed(error, event)
      return undefined
    }
  }

  /** It should have fired, and nothing comes of it. */
  failed(error: unknown, event: Occasion): void {
    const { plan, name } = this.schedule
    this.#services.log.error('a schedule could not fire', { schedule: this.fullName, error })
    this.#services.emit('schedule.failed', { plan, name, at: event.at, error }, event)
  }

  get fullName(): string {
    return fullScheduleName(this.schedule)
  }

  #fired(event: Occasion, tasklet: string): void {
    const { plan, name } = this.schedule
    this.#services.emit('schedule.fired', { plan, name, at: event.at, tasklet }, event)
  }

  #skipped(event: Occasion, waitsFor: readonly string[]): void {
    const { plan, name } = this.schedule
    this.#services.log.warn('a schedule was skipped: an earlier run is not settled', {
      schedule: this.fullName,
      waitsFor,
    })
    this.#services.emit('schedule.skipped', { plan, name, at: event.at, waitsFor }, event)
  }
}

/** Errors of the schedule and its input: trying again cannot help. */
function isOfSchedule(error: unknown): boolean {
  if (error instanceof InputError) return true
  return (error as { readonly code?: unknown } | undefined)?.code === 'expression_failed'
}
