import {
  type AnyActorRef,
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventObject,
  getInitialSnapshot,
  transition,
} from 'xstate'
import type { BeliefSource } from '../../core/events.ts'
import type { Lineage } from '../../core/tasklet.ts'
import { isRecord } from '../../plan/data.ts'
import type { Plan, World } from '../../plan/model.ts'
import type { Evidence } from '../../planning/evidence.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Belief } from './belief.ts'
import { causeOf, isOurs, sourceOf } from './belief-source.ts'
import { type After, Decay } from './decay.ts'
import { delaysBetween, stateWaitingFor } from './delays.ts'
import { requireEvent } from './outside-event.ts'
import { innermostStates } from './placement.ts'
import { type CorrectionEvent, type TwinStep, toTwinLogic } from './twin-logic.ts'
import { fromOtherVersion, fromTwinRecord, type TwinRecord, toTwinRecord } from './twin-record.ts'

export interface TwinServices {
  readonly clock: Clock
  /** The belief has changed; undefined: it is void. `cause`: what that came of, where it is known. */
  changed(belief: Belief | undefined, cause?: Lineage): void
  /** There is something new to write down. */
  keep(cause?: Lineage): void
  /** The machine threw while no actor was there to fail. */
  failed(error: unknown): void
}

/** What the runtime believes about the world of one plan: the plan's own machine, live. */
export class Twin {
  readonly plan: string
  /** What a supervisor spawns; each new actor goes on from the last good snapshot. */
  readonly logic: AnyStateMachine
  readonly #planVersion: string
  readonly #world: World
  readonly #services: TwinServices
  readonly #decay: Decay
  #last: AnyMachineSnapshot
  #belief: Belief | undefined
  #learnedAt: number
  #isOvertaken = false
  #actor: AnyActorRef | undefined
  #steps = 0
  /** The time that a step counts as taken at, where that is not now. */
  #due: number | undefined

  constructor(plan: Plan, world: World, services: TwinServices) {
    this.plan = plan.name
    this.#planVersion = plan.version
    this.#world = world
    this.#services = services
    this.#last = getInitialSnapshot(world.machine)
    this.#learnedAt = services.clock.now()
    this.#decay = new Decay(services.clock, (after) => this.#decayed(after))
    this.logic = this.#toLogic()
  }

  /** The live actor; undefined while there is none (before the start, between crash and restart). */
  get actor(): AnyActorRef | undefined {
    return this.#actor?.getSnapshot().status === 'active' ? this.#actor : undefined
  }

  /** Undefined: nothing is known, because the world was never seen, or was disturbed since. */
  belief(): Belief | undefined {
    return this.#belief
  }

  /**
   * Whether the belief was learned from checks or a verified transition, by this process, and at
   * most `maxAge` milliseconds ago.
   */
  isFresh(maxAge: number): boolean {
    if (this.#belief === undefined || this.#isOvertaken) return false
    const { source, at } = this.#belief
    const age = this.#services.clock.now() - at
    return (source === 'checks' || source === 'transition') && age >= 0 && age < maxAge
  }

  /** Where planning starts from; undefined when nothing is known. */
  snapshot(): AnyMachineSnapshot | undefined {
    return this.#belief === undefined ? undefined : this.#last
  }

  /** Checks have said where the world is. */
  observed(states: readonly string[], evidence: readonly Evidence[], cause?: Lineage): void {
    this.#requireStates(states)
    this.#correct({ type: 'setpoint.observed', states, evidence, cause })
  }

  /**
   * A transition was taken and verified. The machine takes its event, with the properties of
   * `payload` beside the type, and then the verified states stand, wherever the machine went.
   */
  moved(event: string, states: readonly string[], payload?: unknown, cause?: Lineage): void {
    this.#requireStates(states)
    const taken: EventObject = { ...(isRecord(payload) ? payload : {}), type: event }
    if (this.#step({ type: 'setpoint.moved', states, event: taken, cause })) return
    // The machine threw at the event, but where the world is was verified all the same.
    this.#correct({ type: 'setpoint.moved', states, event: undefined, cause })
  }

  /** A task has said where it left the world. */
  left(state: string, cause?: Lineage): void {
    this.#requireStates([state])
    this.#correct({ type: 'setpoint.left', states: [state], cause })
  }

  /** Nobody knows where the world is now. The context stays. */
  disturbed(cause?: Lineage): void {
    this.#step({ type: 'setpoint.disturbed', cause })
  }

  /**
   * An external fact: the machine takes the event.
   * @throws {InputError} for an event that no state of the machine answers.
   */
  send(event: AnyEventObject): void {
    requireEvent(this.plan, this.#world.machine, event)
    this.#step(event)
  }

  /** @throws what XState says of a state that the machine does not have. */
  restore(record: TwinRecord): void {
    const snapshot = fromTwinRecord(this.#world.machine, record)
    this.#last = snapshot
    this.#learnedAt = record.at
    if (record.source === 'unknown') return
    this.#become('restored', record.at, [])
    this.#decay.replace(
      record.afters.filter(({ event }) => stateWaitingFor(event, snapshot) !== undefined),
    )
    this.#decay.fireDue()
  }

  /**
   * Believes what the twin of another version of the plan does, but not as fresh: the checks of this
   * version were not asked. Void where this machine has not the same states.
   */
  follow(other: Pick<Twin, 'belief' | 'toRecord'>, cause?: Lineage): void {
    const record = other.toRecord()
    const states = other.belief()?.states
    const snapshot = states && fromOtherVersion(this.#world.machine, record, states)
    if (snapshot === undefined) {
      if (this.#belief !== undefined) this.disturbed(cause)
      return
    }
    this.#adopt(record, snapshot, cause)
  }

  /**
   * Believes what another process has told of the world later than this one, but not as fresh.
   * @throws what XState says of a state that the machine does not have.
   */
  takeOver(record: TwinRecord): void {
    if (record.source !== 'unknown') {
      this.#adopt(record, fromTwinRecord(this.#world.machine, record), undefined)
    } else if (this.#belief !== undefined) this.disturbed()
  }

  toRecord(): TwinRecord {
    return toTwinRecord(this.#last, this.#decay.pending, {
      planVersion: this.#planVersion,
      at: this.#learnedAt,
      source: this.#belief?.source ?? 'unknown',
    })
  }

  /** Another process has learned something later: what this one knows is no longer fresh. */
  overtaken(): void {
    this.#isOvertaken = true
  }

  /** Time no longer moves it. */
  close(): void {
    this.#decay.replace([])
  }

  #adopt(record: TwinRecord, snapshot: AnyMachineSnapshot, cause: Lineage | undefined): void {
    this.#at(record.at, { type: 'setpoint.followed', snapshot, cause })
    const afters = record.afters.filter(({ event }) => stateWaitingFor(event, this.#last))
    const events = new Set(afters.map(({ event }) => event))
    const own = this.#decay.pending.filter(({ event }) => !events.has(event))
    this.#decay.replace([...own, ...afters])
    this.#decay.fireDue()
  }

  /** What cannot be applied leaves nothing that could be believed. */
  #correct(event: CorrectionEvent): void {
    if (!this.#step(event)) this.disturbed(event.cause)
  }

  /** False when the machine threw, and nothing has changed. */
  #step(event: AnyEventObject): boolean {
    const before = this.#steps
    const { actor } = this
    if (actor !== undefined) {
      actor.send(event)
      // An actor that is in the middle of a step takes the event when that is over.
      return this.#steps > before || this.actor === actor
    }
    try {
      transition(this.logic, this.#last, event)
    } catch (error) {
      this.#services.failed(error)
    }
    return this.#steps > before
  }

  #decayed({ event, at }: After): void {
    this.#at(at, { type: event })
  }

  #at(due: number, event: AnyEventObject): void {
    this.#due = due
    try {
      this.#step(event)
    } finally {
      this.#due = undefined
    }
  }

  #toLogic(): AnyStateMachine {
    const last = () => this.#last
    return toTwinLogic(this.#world.machine, {
      get last() {
        return last()
      },
      began: (actor) => {
        this.#actor = actor
      },
      stepped: (step) => this.#stepped(step),
    })
  }

  #stepped(step: TwinStep): void {
    const { event, before, after } = step
    const at = this.#due ?? this.#services.clock.now()
    const pending = this.#decay.pending
    // What a named delay throws comes before anything is changed.
    const delays = this.#tells(step) ? this.#delaysOf(step) : []
    this.#steps += 1
    this.#last = after
    if (event.type === 'setpoint.disturbed') this.#forget(at, causeOf(event))
    else if (this.#tells(step)) {
      this.#decay.change(delays, at)
      this.#learn(step, at)
    } else if (after === before) return
    if (before !== after || pending !== this.#decay.pending || isOurs(event)) {
      this.#services.keep(causeOf(event))
    }
  }

  /** An event from outside says where the world is only if it leads there from everywhere. */
  #tells({ event, before }: TwinStep): boolean {
    if (this.#belief !== undefined || isOurs(event)) return true
    const { machine } = this.#world
    const taken = machine.getTransitionData(before, event) as { readonly source: unknown }[]
    return taken.length > 0 && taken.every(({ source }) => source === machine.root)
  }

  #delaysOf({ event, after, delays }: TwinStep) {
    return this.#belief === undefined ? delaysBetween(undefined, after, event) : delays
  }

  #learn({ event, before, after }: TwinStep, at: number): void {
    const evidence = event.type === 'setpoint.observed' ? event['evidence'] : []
    const source = sourceOf(event)
    const isSame = (source === 'event' || source === 'decay') && isSamePlace(before, after)
    if (this.#belief !== undefined && isSame) {
      this.#belief = { ...this.#belief, context: after.context }
    } else this.#become(source, at, evidence, causeOf(event))
  }

  #become(source: BeliefSource, at: number, evidence: readonly Evidence[], cause?: Lineage): void {
    const old = this.#belief
    const states = innermostStates(this.#last)
    const { context } = this.#last
    this.#belief = { states, context, source, at, evidence }
    this.#learnedAt = at
    this.#isOvertaken = false
    if (old?.source === source && old.states.join() === states.join()) return
    this.#services.changed(this.#belief, cause)
  }

  #forget(at: number, cause: Lineage | undefined): void {
    this.#decay.replace([])
    this.#learnedAt = at
    if (this.#belief === undefined) return
    this.#belief = undefined
    this.#services.changed(undefined, cause)
  }

  #requireStates(states: readonly string[]): void {
    const unknown = states.find((state) => !this.#world.states.has(state))
    if (unknown === undefined) return
    throw new TypeError(`the machine of plan "${this.plan}" has no state "${unknown}"`)
  }
}

function isSamePlace(before: AnyMachineSnapshot, after: AnyMachineSnapshot): boolean {
  return innermostStates(before).join() === innermostStates(after).join()
}
