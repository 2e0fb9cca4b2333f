import { type InterruptEventType, interruptMachine } from '../../../machines/interrupt.ts'
import type { Interrupt } from '../../plan/model.ts'
import { wait } from '../wait.ts'
import { Condition } from './condition.ts'
import { toEffect, type Work } from './effect.ts'
import { Interruption } from './interruption.ts'
import { KeptMemory, type RuleMemory } from './memory.ts'
import type { Pauses } from './pauses.ts'
import type { InterruptServices } from './services.ts'
import type { Turns } from './turns.ts'
import { findUnfinished } from './unfinished.ts'
import { VictimGroup } from './victims.ts'

export type RuleState =
  | 'recalling'
  | 'disabled'
  | 'watching'
  | 'queued'
  | 'clearing'
  | 'handling'
  | 'returning'
  | 'cooling'

/** One rule: the data that the effects of its machine work on. It outlives a crash of its actor. */
export class Rule {
  readonly rule: Interrupt
  state: RuleState = 'recalling'
  /** What was recalled just before its actor starts, which so hears events from the first on. */
  recalled: InterruptEventType | undefined
  readonly #services: InterruptServices
  readonly #turns: Turns
  readonly #memory: KeptMemory
  readonly #condition: Condition
  readonly #interruption: Interruption
  #crash: unknown
  #send: (type: InterruptEventType) => void = () => {}
  /** While it cools down: its interrupt is over and written down. */
  #isRested = false
  #idle: () => void = () => {}

  constructor(rule: Interrupt, services: InterruptServices, turns: Turns, pauses: Pauses) {
    this.rule = rule
    this.#services = services
    this.#turns = turns
    this.#memory = new KeptMemory(rule, services)
    this.#condition = new Condition(rule, services)
    const victims = new VictimGroup(rule, services, pauses)
    this.#interruption = new Interruption(this.#memory, { rule, services, turns, victims })
  }

  get memory(): RuleMemory {
    return this.#memory.now
  }

  get logic() {
    const atWork = (state: RuleState, work: Work) => this.#effect(state, this.#atWork(work))
    return interruptMachine.provide({
      actors: {
        recall: this.#effect('recalling', () => this.#takeRecalled()),
        watch: this.#effect('watching', (signal) => this.#watch(signal)),
        awaitTurn: this.#effect('queued', (signal) => this.#awaitTurn(signal)),
        clear: atWork('clearing', (signal) => this.#interruption.clear(signal)),
        handle: atWork('handling', (signal) => this.#interruption.handle(signal)),
        goBack: atWork('returning', (signal) => this.#interruption.goBack(signal)),
        cool: this.#effect('cooling', (signal) => this.#cool(signal)),
      },
      actions: {
        rest: ({ self }) => this.#rest((type) => self.send({ type })),
        crash: () => {
          throw this.#crash
        },
      },
    })
  }

  /** No interrupt is under way, and none is about to be. */
  get isIdle(): boolean {
    return this.state === 'watching' || this.state === 'disabled' || this.#isRested
  }

  /** Calls whenever it has come to be idle, in the middle of a step of its actor. */
  onIdle(listener: () => void): void {
    this.#idle = listener
  }

  /** Ids of what it has submitted and not seen the end of. */
  get own(): Iterable<string> {
    return this.#interruption.own
  }

  /** Takes the place of an idle one, and knows what that knew. */
  inherit({ memory }: Rule): void {
    this.#memory.now = memory
    this.recalled = memory.enabled ? 'rule.idle' : 'rule.disabled'
  }

  /** Rejects when the store does not keep it; then the rule stays as it was. */
  async setEnabled(enabled: boolean): Promise<void> {
    await this.#memory.change({ enabled })
    this.#send(enabled ? 'rule.enabled' : 'rule.disabled')
  }

  /** Another process may have switched it. */
  async refresh(): Promise<void> {
    const { enabled } = this.memory
    await this.#memory.read()
    if (this.memory.enabled === enabled) return
    this.#send(this.memory.enabled ? 'rule.enabled' : 'rule.disabled')
  }

  async #takeRecalled(): Promise<InterruptEventType> {
    const { recalled } = this
    this.recalled = undefined
    return recalled ?? this.recall()
  }

  /** What it was doing when it was last there. An unfinished interrupt closes its scope at once. */
  async recall(): Promise<InterruptEventType> {
    this.#turns.release(this.#interruption)
    await this.#memory.read()
    const { store } = this.#services
    const unfinished = await findUnfinished(this.rule, store, this.memory.handler)
    const { handler } = unfinished
    if (handler === undefined) return this.memory.enabled ? 'rule.idle' : 'rule.disabled'
    // The crash may have come before the store knew it, and what others change is read again.
    if (this.memory.handler !== handler) await this.#memory.note({ handler })
    this.#interruption.resume(unfinished)
    return 'handler.unfinished'
  }

  async #watch(signal: AbortSignal): Promise<InterruptEventType> {
    if (!this.memory.enabled) return 'rule.disabled'
    this.#interruption.event = await this.#condition.met(signal)
    return 'condition.met'
  }

  async #awaitTurn(signal: AbortSignal): Promise<InterruptEventType> {
    await this.refresh().catch((error: unknown) => this.#services.report(error))
    if (!this.memory.enabled) return 'rule.disabled'
    // Another process may have answered it in the meantime.
    if (this.#memory.coolingTime > 0) return 'condition.passed'
    while (!this.#turns.take(this.#interruption)) {
      await this.#turns.change(signal)
      signal.throwIfAborted()
      if (!(await this.#condition.stillHolds(signal))) return 'condition.passed'
    }
    return 'turn.came'
  }

  async #cool(signal: AbortSignal): Promise<InterruptEventType> {
    await this.#interruption.end()
    if (this.memory.handler !== undefined) await this.#memory.note({ handler: undefined })
    this.#isRested = true
    this.#idle()
    const left = this.#memory.coolingTime
    if (left > 0) await wait(this.#services.clock, left, signal)
    return this.memory.enabled ? 'cooldown.over' : 'rule.disabled'
  }

  #rest(send: (type: InterruptEventType) => void): void {
    this.state = 'disabled'
    this.#send = send
    this.#turns.release(this.#interruption)
    this.#idle()
    // It may have been switched on again before it came here.
    if (this.memory.enabled) send('rule.enabled')
  }

  /** An interrupt at work. When its actor is stopped in it, nobody would open the scope any more. */
  #atWork(work: Work): Work {
    return async (signal) => {
      const letGo = () => this.#interruption.letGo()
      signal.addEventListener('abort', letGo, { once: true })
      try {
        return await work(signal)
      } catch (error) {
        if (!signal.aborted) await this.#failed(error)
        return 'interrupt.failed'
      } finally {
        signal.removeEventListener('abort', letGo)
      }
    }
  }

  async #failed(error: unknown): Promise<void> {
    this.#interruption.failed(error)
    if (this.state === 'clearing') await this.#memory.startCooldown()
  }

  #effect(state: RuleState, work: Work) {
    return toEffect(work, {
      began: (send) => {
        this.state = state
        this.#isRested = false
        this.#send = send
        if (this.isIdle) this.#idle()
      },
      crashed: (error) => {
        this.#crash = error
      },
    })
  }
}
