import { type ScheduleEventType, scheduleMachine } from '../../../machines/schedule.ts'
import type { Resident } from '../../../machines/scheduler.ts'
import { nextInstant } from '../../plan/schedules/instants.ts'
import type { Fact } from '../../ports/store-messages.ts'
import { throughTrigger } from '../events/lineage.ts'
import { wait } from '../wait.ts'
import { type Send, toEffect } from './effect.ts'
import { KeptSchedule } from './kept-schedule.ts'
import { definitionOf } from './memory.ts'
import { chooseInstants } from './misfire.ts'
import { fullScheduleName, markOf } from './names.ts'
import type { Overlap } from './overlap.ts'
import type { Occasion } from './services.ts'
import { jitterOf, keyOf } from './submission.ts'

export type ScheduleState =
  | 'recalling'
  | 'disabled'
  | 'waiting'
  | 'due'
  | 'firing'
  | 'pausing'
  | 'over'

/** The longest that a timer is trusted, in milliseconds: then the clock is asked anew. */
const LONGEST_WAIT = 60_000
/** Milliseconds from a failure of the store to the next try. */
const PAUSE = 5000
/** An instant this far ahead was seen to under a clock that was wrong, in milliseconds. */
const FAR_AHEAD = 86_400_000

/** A schedule of time: the data that the effects of its machine work on. It outlives its actor. */
export class TimedSchedule extends KeptSchedule {
  state: ScheduleState = 'recalling'
  #chosen: readonly number[] = []
  /** Of instants that are made up for together, how many have fired; undefined: there are none. */
  #madeUp: number | undefined
  #crash: unknown
  #send: Send = () => {}

  get resident(): Resident {
    return { id: markOf(this.schedule), logic: this.#logic, servesRunningWork: false }
  }

  /** The next instant; undefined: it is off, or there is none any more. */
  get next(): number | undefined {
    if (!this.isEnabled) return undefined
    const { lastInstant = this.services.clock.now() } = this.memory
    return nextInstant(this.schedule, lastInstant)
  }

  override async setEnabled(enabled: boolean): Promise<void> {
    await super.setEnabled(enabled)
    this.#send(enabled ? 'schedule.enabled' : 'schedule.disabled')
  }

  override learn(fact: Pick<Fact, 'value' | 'version'>): void {
    const wasEnabled = this.isEnabled
    super.learn(fact)
    if (this.isEnabled === wasEnabled) return
    this.#send(this.isEnabled ? 'schedule.enabled' : 'schedule.disabled')
  }

  get #logic() {
    const effect = (
      state: ScheduleState,
      work: (signal: AbortSignal) => Promise<ScheduleEventType>,
    ) =>
      toEffect(work, {
        entered: (send) => this.#enter(state, send),
        crashed: (error) => {
          this.#crash = error
        },
      })
    return scheduleMachine.provide({
      actors: {
        recall: effect(
          'recalling',
          this.#atStore((signal) => this.#recall(signal)),
        ),
        wait: effect('waiting', (signal) => this.#wait(signal)),
        choose: effect(
          'due',
          this.#atStore((signal) => this.#choose(signal)),
        ),
        fire: effect(
          'firing',
          this.#atStore((signal) => this.#fire(signal)),
        ),
        pause: effect('pausing', (signal) => this.#pause(signal)),
      },
      actions: {
        rest: ({ self }) => this.#rest((type) => self.send({ type })),
        finish: ({ self }) => this.#enter('over', (type) => self.send({ type })),
        crash: () => {
          throw this.#crash
        },
      },
    })
  }

  #enter(state: ScheduleState, send: Send): void {
    this.state = state
    this.#send = send
  }

  #rest(send: Send): void {
    this.#enter('disabled', send)
    // It may have been switched on again before it came here.
    if (this.isEnabled) send('schedule.enabled')
  }

  /** A new schedule, and one that was changed, make up for nothing. */
  async #recall(signal: AbortSignal): Promise<ScheduleEventType> {
    await this.firing.recall()
    signal.throwIfAborted()
    const now = this.services.clock.now()
    const definition = definitionOf(this.schedule)
    const { lastInstant } = this.memory
    const isKnown = this.memory.definition === definition && lastInstant !== undefined
    if (isKnown && this.#isFarAhead()) this.#warnOfClock(lastInstant)
    if (!isKnown || this.#isFarAhead()) {
      const next = nextInstant(this.schedule, now)
      await this.firing.change((memory) => {
        return { ...memory, definition, lastInstant: now, since: now, next }
      })
    }
    return this.isEnabled ? 'schedule.ready' : 'schedule.disabled'
  }

  #isFarAhead(): boolean {
    const now = this.services.clock.now()
    return (this.memory.lastInstant ?? now) - now > FAR_AHEAD
  }

  #warnOfClock(lastInstant: number): void {
    this.services.log.warn('the clock was put back by more than a day: the schedule starts anew', {
      schedule: this.firing.fullName,
      lastInstant: new Date(lastInstant).toISOString(),
    })
  }

  /** In short waits: the clock may be set, and a machine may sleep. */
  async #wait(signal: AbortSignal): Promise<ScheduleEventType> {
    const { clock } = this.services
    for (;;) {
      if (!this.isEnabled) return 'schedule.disabled'
      const { next } = this
      if (next === undefined) return 'schedule.over'
      const left = next - clock.now()
      if (left <= 0 || this.#isFarAhead()) return 'instant.due'
      await wait(clock, Math.min(left, LONGEST_WAIT), signal)
    }
  }

  /** Another process may have seen to some of them, so the store is asked first. */
  async #choose(signal: AbortSignal): Promise<ScheduleEventType> {
    await this.#recall(signal)
    signal.throwIfAborted()
    if (!this.isEnabled) return 'schedule.disabled'
    const now = this.services.clock.now()
    const { chosen, dropped, newestDropped } = chooseInstants(
      this.schedule,
      this.memory.lastInstant ?? now,
      now,
    )
    this.#chosen = chosen
    if (chosen.length > 1) this.#madeUp ??= 0
    if (newestDropped !== undefined) {
      // Before anything fires: if that fails, what is tried again is only what fires.
      await this.#passed(newestDropped)
      this.#tellMissed(dropped)
    }
    return chosen.length > 0 ? 'instants.chosen' : 'instants.none'
  }

  async #fire(signal: AbortSignal): Promise<ScheduleEventType> {
    for (const instant of this.#chosen) {
      await this.#fireAt(instant, this.#overlap, signal)
      signal.throwIfAborted()
      await this.#passed(instant)
      if (this.#madeUp !== undefined) this.#madeUp += 1
      signal.throwIfAborted()
    }
    this.#madeUp = undefined
    return 'instants.fired'
  }

  /** Instants that are made up for together do not skip or replace each other. */
  get #overlap(): Overlap {
    const { overlap } = this.schedule
    if (this.#madeUp === undefined || overlap === 'allow') return overlap
    return overlap === 'replace' && this.#madeUp === 0 ? 'replace' : 'queue'
  }

  async #fireAt(instant: number, overlap: Overlap, signal: AbortSignal): Promise<void> {
    await this.firing.fire(
      {
        event: this.#toEvent(instant),
        key: keyOf(this.schedule, new Date(instant).toISOString()),
        source: 'schedule',
        overlap,
        runAt: this.schedule.jitter > 0 ? instant + jitterOf(this.schedule, instant) : undefined,
      },
      signal,
    )
  }

  #toEvent(instant: number): Occasion {
    const schedule = fullScheduleName(this.schedule)
    const data = { schedule, instant: new Date(instant).toISOString() }
    const { name, at, lineage } = this.services.bus.toEvent('schedule.due', data, instant)
    return { name, at, data, lineage: throughTrigger(lineage, schedule) }
  }

  /** Everything up to the instant has been seen to. */
  #passed(instant: number): Promise<void> {
    const { firedAt, tasklet } = this.memory
    return this.firing.change((memory) => {
      const lastInstant = Math.max(instant, memory.lastInstant ?? instant)
      const next = nextInstant(this.schedule, lastInstant)
      const isNewer = (firedAt ?? 0) >= (memory.firedAt ?? 0)
      return { ...memory, lastInstant, next, ...(isNewer && { firedAt, tasklet }) }
    })
  }

  #tellMissed(instants: number): void {
    const { plan, name } = this.schedule
    const { log, emit } = this.services
    log.warn('instants of a schedule were missed', { schedule: this.firing.fullName, instants })
    emit('schedule.missed', { plan, name, instants })
  }

  async #pause(signal: AbortSignal): Promise<ScheduleEventType> {
    await wait(this.services.clock, PAUSE, signal)
    return 'pause.over'
  }

  #atStore(work: (signal: AbortSignal) => Promise<ScheduleEventType>) {
    return async (signal: AbortSignal): Promise<ScheduleEventType> => {
      try {
        return await work(signal)
      } catch (error) {
        if (!signal.aborted) this.services.report(error)
        return 'store.failed'
      }
    }
  }
}
