import type { Resident } from '../../../machines/scheduler.ts'
import { InputError } from '../../core/errors.ts'
import type { Plan, Schedule } from '../../plan/model.ts'
import { nearestName } from '../../plan/nearest.ts'
import { nextInstants } from '../../plan/schedules/instants.ts'
import { describeTrigger } from '../../plan/schedules/trigger-text.ts'
import type { InsertOutcome } from '../../ports/store-messages.ts'
import type { Submission } from '../intake/submission.ts'
import { EventSchedule } from './event-schedule.ts'
import { FileSchedule } from './file-schedule.ts'
import { toManualRun } from './manual-run.ts'
import { ManualSchedule } from './manual-schedule.ts'
import { SCHEDULE_FACT } from './memory.ts'
import { fullScheduleName } from './names.ts'
import type { ScheduleServices } from './services.ts'
import { TimedSchedule } from './timed-schedule.ts'

type Entry = TimedSchedule | EventSchedule | FileSchedule | ManualSchedule

export type ScheduleStatus = Entry['state']

/** How a schedule stands; times are milliseconds since the epoch. */
export interface ScheduleInfo {
  /** `plan/name` */
  readonly id: string
  /** `plan/task` */
  readonly task: string
  /** In a few words, such as `cron 0 3 * * * Europe/Berlin`. */
  readonly trigger: string
  readonly enabled: boolean
  /** What it is doing: why it does not fire now. */
  readonly state: ScheduleStatus
  /** Its next instant; undefined: it has none, or nobody can know. */
  readonly next: number | undefined
  /** The instant that it last fired on, or the time of the event. */
  readonly firedAt: number | undefined
  /** Id of the tasklet that came of it. */
  readonly tasklet: string | undefined
}

const MOST_INSTANTS = 1000

/** The schedules of all plans. */
export class Schedules {
  readonly #services: ScheduleServices
  readonly #entries = new Map<string, Entry>()

  constructor(plans: readonly Plan[], services: ScheduleServices) {
    this.#services = services
    for (const plan of plans) this.#add(plan)
  }

  residents(): readonly Resident[] {
    return [...this.#entries.values()].flatMap(({ resident }) => resident ?? [])
  }

  /** What the store knows, and what another process may have switched or fired since. */
  async refresh(): Promise<void> {
    if (this.#entries.size === 0) return
    for (const fact of await this.#services.store.facts(SCHEDULE_FACT)) {
      this.#entries.get(fact.key)?.learn(fact)
    }
    for (const entry of this.#entries.values()) if (isOfEvents(entry)) entry.refresh()
  }

  /** When no actor is there any more: what was heard and not answered is told. */
  close(): void {
    for (const entry of this.#entries.values()) close(entry)
  }

  /**
   * The plan is another version from now on: its schedules are those of the new one. Returns what
   * becomes of the actors; what is in the middle of firing is seen to by its successor.
   */
  replace(plan: Plan): {
    readonly gone: readonly string[]
    readonly residents: readonly Resident[]
  } {
    const before = new Map(this.#entries)
    const { gone } = this.retire(plan.name)
    const entries = this.#add(plan)
    for (const entry of entries) {
      const known = before.get(fullScheduleName(entry.schedule))
      if (known === undefined) continue
      entry.inheritMemory(known.memory)
      if (isOfEvents(known) && isOfEvents(entry) && hearsTheSame(known, entry)) entry.inherit(known)
    }
    for (const [id, entry] of before) if (this.#entries.get(id) !== entry) close(entry)
    const residents = entries.flatMap(({ resident }) => resident ?? [])
    const stay = new Set(residents.map(({ id }) => id))
    return { gone: gone.filter((id) => !stay.has(id)), residents }
  }

  /** The plan is gone, and its schedules with it. Returns the ids of the actors to be stopped. */
  retire(plan: string): { readonly gone: readonly string[] } {
    const gone: string[] = []
    for (const [id, entry] of this.#entries) {
      if (entry.schedule.plan !== plan) continue
      this.#entries.delete(id)
      if (entry.resident !== undefined) gone.push(entry.resident.id)
    }
    return { gone }
  }

  list(): readonly ScheduleInfo[] {
    return [...this.#entries].map(([id, entry]) => {
      const { schedule, memory, isEnabled: enabled, state, next } = entry
      return {
        id,
        task: `${schedule.plan}/${schedule.task}`,
        trigger: describeTrigger(schedule.trigger),
        enabled,
        state,
        next,
        firedAt: memory.firedAt,
        tasklet: memory.tasklet,
      }
    })
  }

  /**
   * Its next instants from now on, in milliseconds since the epoch, whether it is on or off; none
   * when it fires on no time. At most 1000.
   * @throws {InputError} when there is no such schedule, or the count is no integer ≥ 1.
   */
  next(id: string, count = 1): readonly number[] {
    if (!Number.isInteger(count) || count < 1) {
      throw new InputError(`the number of instants is an integer of 1 or more, not ${count}`)
    }
    const { schedule } = this.#require(id)
    return nextInstants(schedule, this.#services.clock.now(), Math.min(count, MOST_INSTANTS))
  }

  /** What passed while it was off is not made up for. @throws {InputError} */
  async enable(id: string): Promise<void> {
    await this.#require(id).setEnabled(true)
  }

  /** What it has submitted goes on. @throws {InputError} when there is no such schedule. */
  async disable(id: string): Promise<void> {
    await this.#require(id).setEnabled(false)
  }

  /**
   * Submits its task now, with its fixed input, whether it is on or off and whatever is under way.
   * @throws {InputError} when there is no such schedule, or its input is made from an event.
   */
  async run(id: string): Promise<InsertOutcome> {
    return this.#services.insert(this.#toManualRun(id))
  }

  /** As `run`, but rejects with QueueFullError when the queue has no room now. */
  async tryRun(id: string): Promise<InsertOutcome> {
    return this.#services.tryInsert(this.#toManualRun(id))
  }

  #toManualRun(id: string): Submission {
    const { schedule } = this.#require(id)
    const { clock, newId, plan } = this.#services
    const moment = { at: clock.now(), id: newId() }
    return toManualRun(plan(schedule.plan), schedule, moment)
  }

  #add(plan: Plan): readonly Entry[] {
    return plan.schedules.map((schedule) => {
      const entry = toEntry(schedule, this.#services)
      this.#entries.set(fullScheduleName(schedule), entry)
      return entry
    })
  }

  #require(id: string): Entry {
    const entry = this.#entries.get(id)
    if (entry !== undefined) return entry
    const ids = [...this.#entries.keys()]
    const nearest = nearestName(id, ids)
    const known = ids.length === 0 ? 'none' : ids.join(', ')
    const hint = nearest === undefined ? `; there are: ${known}` : `; did you mean "${nearest}"?`
    throw new InputError(`there is no schedule "${id}"${hint}`)
  }
}

function isOfEvents(entry: Entry): entry is EventSchedule {
  return entry instanceof EventSchedule
}

function hearsTheSame(one: EventSchedule, other: EventSchedule): boolean {
  return describeTrigger(one.schedule.trigger) === describeTrigger(other.schedule.trigger)
}

function close(entry: Entry): void {
  if (isOfEvents(entry)) entry.close()
}

function toEntry(schedule: Schedule, services: ScheduleServices): Entry {
  switch (schedule.trigger.kind) {
    case 'cron':
    case 'every':
      return new TimedSchedule(schedule, services)
    case 'event':
    case 'outcome':
      return new EventSchedule(schedule, services)
    case 'files':
      return new FileSchedule(schedule, services)
    case 'manual':
      return new ManualSchedule(schedule, services)
  }
}
