import { expect, onTestFinished } from 'vitest'
import { StoreError } from '../../src/core/errors.ts'
import type { Store } from '../../src/ports/store.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'
import { type HeldStore, heldStore } from '../support/held-store.ts'
import { InspectedActor } from '../support/inspected-actor.ts'
import { allDone, ManualClock } from '../support/manual-clock.ts'
import type { Drivers, ModelSystem, Path } from '../support/model-paths.ts'
import { makeRuntime, planOf } from '../support/runtimes.ts'

const NAME = 'plan/pulse'
const START = Date.parse('2026-01-01T00:00:00Z')
const HALF_HOUR = 1_800_000

/** A real runtime with one schedule of time. */
export class ScheduleSystem implements ModelSystem {
  readonly clock = new ManualClock(START)
  readonly held: HeldStore
  readonly #store: Store
  readonly #actor = new InspectedActor(`schedule:${NAME}`)
  #runtime: Runtime | undefined
  /** How many states of the actor the moves so far have accounted for. */
  #seen = 0

  constructor(store: Store) {
    this.#store = store
    this.held = heldStore(store)
  }

  /** It stands still where it asks the store what has been seen to. */
  async start(path: Path): Promise<void> {
    onTestFinished(() => this.held.releaseAll())
    const { store } = this.held
    const isOver = path.some(({ type }) => type === 'schedule.over')
    const end = isOver ? { end: '2025-12-31T00:00:00Z' } : {}
    const schedules = { pulse: { task: 'work', every: '30m', ...end } }
    const { inspect } = this.#actor
    const plan = planOf({ work: () => {} }, { schedules })
    this.#runtime = makeRuntime(plan, { inspect }, store, this.clock).runtime
    this.held.hold('fact')
    await this.#runtime.start()
    await allDone()
  }

  get runtime(): Runtime {
    if (this.#runtime === undefined) throw new TypeError('it has not started')
    return this.#runtime
  }

  async state(): Promise<string> {
    return this.#actor.state
  }

  passed(state: string): boolean {
    return this.#actor.states.slice(this.#seen).includes(state)
  }

  async expect(state: string): Promise<void> {
    const isPassed = this.passed(state) && this.#actor.state !== state
    this.#seen = this.#actor.states.length
    if (isPassed) return
    expect(this.#actor.state).toBe(state)
    const [schedule] = this.runtime.schedules.list()
    expect(schedule).toMatchObject({ state, enabled: state !== 'disabled' })
    if (state === 'disabled' || state === 'over') expect(schedule?.next).toBeUndefined()
    if (state === 'waiting') expect(schedule?.next).toBeGreaterThan(this.clock.now())
  }

  /** As another process writes it, whatever is held in this one. */
  async remember(value: object): Promise<void> {
    const known = await this.#store.fact('schedule', NAME)
    await this.#store.writeFact({
      kind: 'schedule',
      key: NAME,
      value: { ...(known?.value as object | undefined), ...value },
      version: known?.version ?? 0,
    })
  }

  async disabledElsewhere(): Promise<void> {
    await this.remember({ enabled: false })
    this.held.release('fact')
  }

  /** Another process has fired it already. */
  async firedElsewhere(): Promise<void> {
    await this.remember({ lastInstant: START + HALF_HOUR })
    this.held.release('fact')
  }

  async comeDue(): Promise<void> {
    this.held.hold('fact')
    await this.clock.advance(HALF_HOUR)
  }

  fire(): void {
    this.held.hold('insert')
    this.held.release('fact')
  }

  async pause(): Promise<void> {
    this.held.hold('fact')
    await this.clock.advance('5s')
  }

  /** The instant has its record, whatever happened on the way. */
  async fired(): Promise<void> {
    this.held.release('insert')
    await allDone()
    await this.clock.advance(1)
    const { items } = await this.runtime.list({ task: 'work', limit: 9 })
    expect(items.map(({ event }) => event?.at)).toEqual([START + HALF_HOUR])
  }

  switch(on: boolean): Promise<void> {
    const { schedules } = this.runtime
    return on ? schedules.enable(NAME) : schedules.disable(NAME)
  }
}

const disable = (system: ScheduleSystem) => system.switch(false)
const broken = () => new StoreError('busy', 'the disk is full')

/** How each move of the schedule machine is made to happen. */
export const scheduleDrivers: Drivers<ScheduleSystem> = {
  'recalling schedule.ready': ({ held }) => held.release('fact'),
  'recalling schedule.disabled': (system) => system.disabledElsewhere(),
  'recalling store.failed': ({ held }) => held.release('fact', broken()),
  'disabled schedule.enabled': (system) => system.switch(true),
  'waiting instant.due': (system) => system.comeDue(),
  'waiting schedule.over': () => {},
  'waiting schedule.disabled': disable,
  'due instants.chosen': (system) => system.fire(),
  'due instants.none': (system) => system.firedElsewhere(),
  'due store.failed': ({ held }) => held.release('fact', broken()),
  'due schedule.disabled': (system) => system.disabledElsewhere(),
  'firing instants.fired': (system) => system.fired(),
  'firing store.failed': ({ held }) => held.release('insert', broken()),
  'firing schedule.disabled': disable,
  'pausing pause.over': (system) => system.pause(),
  'pausing schedule.disabled': disable,
  'over schedule.disabled': disable,
}
