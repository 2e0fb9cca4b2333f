import { fromCallback } from 'xstate'
import type { Resident } from '../../../machines/scheduler.ts'
import { InputError } from '../../core/errors.ts'
import type { RuntimeEvent } from '../../core/events.ts'
import { toJson } from '../../core/json.ts'
import type { Status } from '../../core/status.ts'
import { fullTaskName, type Tasklet } from '../../core/tasklet.ts'
import type { Schedule, Trigger } from '../../plan/model.ts'
import { cutReason, throughTrigger } from '../events/lineage.ts'
import { Firing } from './firing.ts'
import { type ScheduleMemory, switched } from './memory.ts'
import { markOf } from './names.ts'
import type { Occasion, ScheduleServices } from './services.ts'
import { keyOf, scopeOf } from './submission.ts'

type Work = (event: RuntimeEvent, signal: AbortSignal) => Promise<void>

/** A schedule that fires on events of the bus: of a pattern, or the outcomes of a task. */
export class EventSchedule {
  readonly schedule: Schedule
  readonly #services: ScheduleServices
  readonly #firing: Firing
  readonly #patterns: readonly string[]

  constructor(schedule: Schedule, services: ScheduleServices) {
    this.schedule = schedule
    this.#services = services
    this.#firing = new Firing(schedule, services)
    this.#patterns = patternsOf(schedule.trigger)
  }

  get memory(): ScheduleMemory {
    return this.#firing.memory
  }

  get isEnabled(): boolean {
    return this.#firing.isEnabled
  }

  get state(): 'listening' | 'disabled' {
    return this.isEnabled ? 'listening' : 'disabled'
  }

  /** Nobody knows. */
  get next(): undefined {
    return undefined
  }

  get resident(): Resident {
    const listen = (work: Work) => this.#listen(work)
    const logic = fromCallback(() => listen((event, signal) => this.#hear(event, signal)))
    return { id: markOf(this.schedule), logic, servesRunningWork: false }
  }

  async setEnabled(enabled: boolean): Promise<void> {
    const now = this.#services.clock.now()
    await this.#firing.change((memory) => switched(this.schedule, memory, enabled, now))
  }

  learn(memory: ScheduleMemory): void {
    this.#firing.memory = memory
  }

  /** One event after the other; more than the queue of a subscriber holds are told as lost. */
  #listen(work: Work): () => void {
    const controller = new AbortController()
    const { signal } = controller
    const leaving = this.#patterns.map((pattern) =>
      this.#services.bus.on(pattern, async (event: RuntimeEvent) => {
        try {
          if (this.isEnabled && !signal.aborted) await work(event, signal)
        } catch (error) {
          if (!signal.aborted) this.#failed(error, event)
        }
      }),
    )
    return () => {
      for (const leave of leaving) leave()
      controller.abort(new DOMException('the schedule has ended', 'AbortError'))
    }
  }

  async #hear(event: RuntimeEvent, signal: AbortSignal): Promise<void> {
    const { trigger } = this.schedule
    const tasklet = trigger.kind === 'outcome' ? taskletOf(event) : undefined
    if (trigger.kind === 'outcome') {
      if (tasklet === undefined || fullTaskName(tasklet) !== trigger.task) return
    }
    const occasion = this.#toOccasion(event)
    if (!this.#isMeant(occasion)) return
    if (this.#isCut(event, occasion)) return
    // Several processes may hear of one outcome; an event of the bus is heard in one.
    const what = tasklet?.id ?? occasion.lineage.id
    await this.#firing.fire(
      {
        event: occasion,
        key: keyOf(this.schedule, what),
        source: 'event',
        overlap: this.schedule.overlap,
      },
      signal,
    )
  }

  #toOccasion({ name, at, data, lineage }: RuntimeEvent): Occasion {
    // Not every part of a record is there, and what is not must not be in the way.
    const plain = toJson(data, `the data of event "${name}"`)
    return { name, at, data: plain, lineage: throughTrigger(lineage, this.#firing.fullName) }
  }

  #isMeant(event: Occasion): boolean {
    const { trigger, plan } = this.schedule
    if (trigger.kind !== 'event' || trigger.where === undefined) return true
    const answer = trigger.where.evaluate(scopeOf(this.#services.plan(plan), event))
    if (typeof answer === 'boolean') return answer
    throw new InputError(`"where" has to be true or false, not ${JSON.stringify(answer)}`)
  }

  #isCut({ lineage }: RuntimeEvent, event: Occasion): boolean {
    const trigger = this.#firing.fullName
    const reason = cutReason(lineage, trigger)
    if (reason === undefined) return false
    this.#services.log.error('a chain of events was cut', { schedule: trigger, reason })
    this.#services.emit('event.cut', { reason, trigger, event }, event)
    return true
  }

  #failed(error: unknown, { name, at, lineage }: RuntimeEvent): void {
    const through = throughTrigger(lineage, this.#firing.fullName)
    this.#firing.failed(error, { name, at, data: undefined, lineage: through })
  }
}

function patternsOf(trigger: Trigger): readonly string[] {
  if (trigger.kind === 'event') return [trigger.pattern]
  return trigger.kind === 'outcome'
    ? trigger.statuses.map((status: Status) => `tasklet.${status}`)
    : []
}

function taskletOf({ data }: RuntimeEvent): Tasklet | undefined {
  return (data as { readonly tasklet?: Tasklet } | undefined)?.tasklet
}
