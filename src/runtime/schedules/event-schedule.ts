import { fromCallback } from 'xstate'
import type { Resident } from '../../../machines/scheduler.ts'
import { InputError } from '../../core/errors.ts'
import type { RuntimeEvent } from '../../core/events.ts'
import { toJson } from '../../core/json.ts'
import type { Status } from '../../core/status.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { Schedule, Trigger } from '../../plan/model.ts'
import { cutReason, throughTrigger } from '../events/lineage.ts'
import { Backlog } from './backlog.ts'
import type { Shot } from './firing.ts'
import { KeptSchedule } from './kept-schedule.ts'
import { markOf } from './names.ts'
import { OutcomeWatch } from './outcome-watch.ts'
import { Outcomes } from './outcomes.ts'
import type { Occasion, ScheduleServices } from './services.ts'
import { keyOf, scopeOf } from './submission.ts'

/** Events that are answered at once, where one need not wait for another. */
const WIDTH = 64

/** A schedule that fires on events of the bus: of a pattern, or the outcomes of a task. */
export class EventSchedule extends KeptSchedule {
  readonly #patterns: readonly string[]
  readonly #backlog: Backlog
  readonly #outcomes: OutcomeWatch | undefined

  constructor(schedule: Schedule, services: ScheduleServices) {
    super(schedule, services)
    this.#patterns = patternsOf(schedule.trigger)
    this.#backlog = new Backlog(schedule.overlap === 'allow' ? WIDTH : 1, {
      clock: services.clock,
      answer: (event, signal) => this.#answer(event, signal),
      failed: (error) => this.#notStored(error),
      filled: () => this.#filled(),
      lost: (count) => this.#lost(count),
    })
    this.#outcomes = this.#createOutcomes()
  }

  get state(): 'listening' | 'disabled' {
    return this.isEnabled ? 'listening' : 'disabled'
  }

  /** Nobody knows. */
  get next(): undefined {
    return undefined
  }

  get resident(): Resident {
    const listen = () => this.#listen()
    return { id: markOf(this.schedule), logic: fromCallback(listen), servesRunningWork: false }
  }

  /** Another process has written: it may have settled what this one waits for. */
  refresh(): void {
    this.#outcomes?.refresh()
  }

  /** Answers what the schedule that it takes the place of has heard. */
  inherit(old: EventSchedule): void {
    for (const event of old.#backlog.take()) this.#backlog.add(event)
  }

  /** Nobody answers any more; outcomes are found in the store again. */
  close(): void {
    const { length } = this.#backlog.take()
    if (length > 0 && this.#outcomes === undefined) this.#lost(length)
  }

  #createOutcomes(): OutcomeWatch | undefined {
    const { trigger } = this.schedule
    if (trigger.kind !== 'outcome') return undefined
    const outcomes = new Outcomes(trigger, this.firing, this.services)
    return new OutcomeWatch(outcomes, this.services, {
      found: (event) => this.#backlog.add(event),
      isIdle: () => this.#backlog.size === 0,
    })
  }

  #listen(): () => void {
    const controller = new AbortController()
    const leaving = this.#patterns.map((pattern) =>
      this.services.bus.on(pattern, (event: RuntimeEvent) => {
        if (this.isEnabled && (this.#outcomes?.hears(event) ?? true)) this.#backlog.add(event)
      }),
    )
    this.#backlog.open(controller.signal)
    this.#outcomes?.open()
    return () => {
      for (const leave of leaving) leave()
      this.#outcomes?.close()
      controller.abort(new DOMException('the schedule has ended', 'AbortError'))
    }
  }

  /** Rejects when the store does; what is wrong with the event or the schedule is told. */
  async #answer(event: RuntimeEvent, signal: AbortSignal): Promise<void> {
    if (!this.isEnabled) return
    const shot = this.#toShot(event)
    if (shot !== undefined) await this.firing.fire(shot, signal)
  }

  #toShot(event: RuntimeEvent): Shot | undefined {
    const { overlap, trigger } = this.schedule
    try {
      const occasion = this.#toOccasion(event)
      if (!this.#isMeant(occasion) || this.#isCut(event, occasion)) return undefined
      // Several processes may see one outcome; an event of the bus is heard in one.
      const what = trigger.kind === 'outcome' ? taskletOf(event)?.id : undefined
      const key = keyOf(this.schedule, what ?? occasion.lineage.id)
      return { event: occasion, key, source: 'event', overlap }
    } catch (error) {
      // In a chain that is cut anyway: to tell of it might never end.
      if (cutReason(event.lineage, this.firing.fullName) === undefined) this.#failed(error, event)
      return undefined
    }
  }

  #toOccasion({ name, at, data, lineage }: RuntimeEvent): Occasion {
    // Not every part of a record is there, and what is not must not be in the way.
    const plain = toJson(data, `the data of event "${name}"`)
    return { name, at, data: plain, lineage: throughTrigger(lineage, this.firing.fullName) }
  }

  #isMeant(event: Occasion): boolean {
    const { trigger, plan } = this.schedule
    if (trigger.kind !== 'event' || trigger.where === undefined) return true
    const answer = trigger.where.evaluate(scopeOf(this.services.plan(plan), event))
    if (typeof answer === 'boolean') return answer
    throw new InputError(`"where" has to be true or false, not ${JSON.stringify(answer)}`)
  }

  #isCut({ lineage }: RuntimeEvent, event: Occasion): boolean {
    const trigger = this.firing.fullName
    const reason = cutReason(lineage, trigger)
    if (reason === undefined) return false
    // What tells of a cut comes of the same chain: to tell of that again would never end.
    if (event.name === 'event.cut') return true
    this.services.log.error('a chain of events was cut', { schedule: trigger, reason })
    this.services.emit('event.cut', { reason, trigger, event }, event)
    return true
  }

  #notStored(error: unknown): void {
    const { log, report } = this.services
    report(error)
    log.warn('the store did not take what a schedule fired: it is tried again', {
      schedule: this.firing.fullName,
    })
  }

  #filled(): void {
    this.services.log.error('more events wait for a schedule than it can hold: some are lost', {
      schedule: this.firing.fullName,
    })
  }

  #lost(instants: number): void {
    const { plan, name } = this.schedule
    const { log, emit } = this.services
    log.error('events of a schedule were lost', { schedule: this.firing.fullName, instants })
    emit('schedule.missed', { plan, name, instants })
  }

  #failed(error: unknown, { name, at, lineage }: RuntimeEvent): void {
    const through = throughTrigger(lineage, this.firing.fullName)
    this.firing.failed(error, { name, at, data: undefined, lineage: through })
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
