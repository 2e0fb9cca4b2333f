import { expect, onTestFinished } from 'vitest'
import { FatalError } from '../../src/core/errors.ts'
import { definePlan } from '../../src/plan/define.ts'
import { compilePlan } from '../../src/plan/load.ts'
import type { Store } from '../../src/ports/store.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'
import { newTasklet } from '../../src/testing/store-contract/records.ts'
import { type HeldStore, heldStore } from '../support/held-store.ts'
import { InspectedActor } from '../support/inspected-actor.ts'
import { allDone, ManualClock } from '../support/manual-clock.ts'
import type { Drivers, ModelSystem, Path } from '../support/model-paths.ts'
import { makeRuntime } from '../support/runtimes.ts'

const NAME = 'plan/fire'
const COOLDOWN = 60_000
const TAGS = ['interrupt:plan/fire']

/** A real runtime with one rule, and with work in its way as soon as the rule looks. */
export class InterruptSystem implements ModelSystem {
  readonly clock = new ManualClock()
  readonly held: HeldStore
  readonly #store: Store
  readonly runtime: Runtime
  readonly victim = Promise.withResolvers<void>()
  readonly handler = Promise.withResolvers<void>()
  readonly world = Promise.withResolvers<boolean>()
  readonly #actor = new InspectedActor('interrupt:plan/fire')
  isOnFire = false

  constructor(store: Store) {
    this.#store = store
    this.held = heldStore(store)
    // The answer may be there before anybody asks.
    this.world.promise.catch(() => {})
    const { inspect } = this.#actor
    this.runtime = makeRuntime(this.#plan(), { inspect }, this.held.store, this.clock).runtime
  }

  /** What another life of the rule has left in the store decides how it begins. */
  async start(path: Path): Promise<void> {
    onTestFinished(() => this.held.releaseAll())
    const { store } = this.held
    await store.open()
    const enabled = path[0]?.type !== 'rule.disabled'
    await this.remember({ enabled, cooldownUntil: this.clock.now() + COOLDOWN })
    if (path[0]?.type === 'handler.unfinished') {
      const record = newTasklet({ task: 'quench', queue: 'interrupt', tags: TAGS })
      await store.insert([{ ...record, id: '0190163d-8694-739b-aea5-966c26f8ad90' }])
    }
    await this.runtime.start()
    if (path[0]?.type !== 'handler.unfinished') await this.runtime.submit('plan/burn')
    await allDone()
  }

  async state(): Promise<string> {
    return this.#actor.state
  }

  /** What is recalled was read before the actor starts, so nothing can hold it there. */
  passed(state: string): boolean {
    return state === 'recalling' && this.#actor.states.includes(state)
  }

  async expect(state: string): Promise<void> {
    if (this.passed(state)) return
    expect(this.#actor.state).toBe(state)
    const [rule] = this.runtime.interrupts.list()
    expect(rule?.state).toBe(state.split('.').at(-1))
    if (state === 'interrupting.handling' || state === 'interrupting.returning') {
      expect(rule?.handler).toBeDefined()
    }
    if (state === 'disabled') expect(rule?.enabled).toBe(false)
  }

  /** As another process writes it, whatever is held in this one. */
  async remember(value: object): Promise<void> {
    const version = (await this.#store.fact('interrupt', NAME))?.version ?? 0
    await this.#store.writeFact({ kind: 'interrupt', key: NAME, value, version })
  }

  /** The rule sees its condition, and stands still before it asks whether it is its turn. */
  async meet(): Promise<void> {
    this.held.hold('fact')
    this.isOnFire = true
    await this.clock.advance(1000)
  }

  /** Another process was faster: the rule finds its cooldown in the store. */
  async answeredElsewhere(): Promise<void> {
    this.isOnFire = false
    await this.remember({ enabled: true, cooldownUntil: this.clock.now() + COOLDOWN })
    this.held.release('fact')
  }

  async disabledElsewhere(): Promise<void> {
    await this.remember({ enabled: false })
    this.held.release('fact')
  }

  takeTurn(next: Path): void {
    this.isOnFire = false
    if (next[0]?.type === 'interrupt.failed') this.held.hold('insert')
    this.held.release('fact')
  }

  switch(on: boolean): Promise<void> {
    const { interrupts } = this.runtime
    return on ? interrupts.enable(NAME) : interrupts.disable(NAME)
  }

  #plan() {
    return compilePlan(
      definePlan({
        name: 'plan',
        machine: {
          id: 'world',
          initial: 'off',
          states: {
            off: {
              meta: { check: 'isOff' },
              on: { START: { target: 'on', meta: { task: 'start' } } },
            },
            on: { meta: { check: 'isOn' } },
          },
        },
        checks: {
          isOff: () => this.world.promise.then((on) => !on),
          isOn: () => this.world.promise,
          isOnFire: () => this.isOnFire,
        },
        tasks: {
          start: () => {},
          burn: () => this.victim.promise,
          quench: () => this.handler.promise,
        },
        interrupts: {
          fire: {
            when: 'isOnFire',
            every: '1s',
            run: 'quench',
            cooldown: COOLDOWN,
            returnTo: 'on',
          },
        },
      } as unknown as Parameters<typeof definePlan>[0]),
    )
  }
}

/** What the store said at the start decides it at once. */
const recall = () => {}
const disable = (system: InterruptSystem) => system.switch(false)
const broken = () => new FatalError('broken')

/** How each move of the interrupt machine is made to happen. */
export const interruptDrivers: Drivers<InterruptSystem> = {
  'recalling rule.idle': recall,
  'recalling rule.disabled': recall,
  'recalling handler.unfinished': recall,
  'disabled rule.enabled': (system) => system.switch(true),
  'watching condition.met': (system) => system.meet(),
  'watching rule.disabled': disable,
  'queued turn.came': (system, next) => system.takeTurn(next),
  'queued condition.passed': (system) => system.answeredElsewhere(),
  'queued rule.disabled': (system) => system.disabledElsewhere(),
  'interrupting.clearing victims.cleared': ({ victim }) => victim.resolve(),
  'interrupting.clearing interrupt.failed': ({ held }) => held.release('insert', broken()),
  'interrupting.handling handler.completed': ({ handler }) => handler.resolve(),
  'interrupting.handling interrupt.failed': ({ handler }) => handler.reject(broken()),
  'interrupting.returning world.returned': ({ world }) => world.resolve(true),
  'interrupting.returning interrupt.failed': ({ world }) => world.reject(broken()),
  'cooling cooldown.over': ({ clock }) => clock.advance(COOLDOWN),
  'cooling rule.disabled': disable,
}
