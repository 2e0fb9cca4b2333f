import { type InterruptEventType, interruptMachine } from '../../../machines/interrupt.ts'
import type { Tasklet, TriggeringEvent } from '../../core/tasklet.ts'
import type { Interrupt } from '../../plan/model.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import { wait } from '../wait.ts'
import { Condition } from './condition.ts'
import { toEffect, type Work } from './effect.ts'
import { KeptMemory, type RuleMemory } from './memory.ts'
import type { Pauses } from './pauses.ts'
import { fullRuleName, type InterruptServices, markOf } from './services.ts'
import type { Contender, Turns } from './turns.ts'
import { findUnfinished } from './unfinished.ts'
import { isVictim, VictimGroup } from './victims.ts'

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
export class Rule implements Contender {
  readonly rule: Interrupt
  state: RuleState = 'recalling'
  /** What was recalled just before its actor starts, which so hears events from the first on. */
  recalled: InterruptEventType | undefined
  readonly #services: InterruptServices
  readonly #turns: Turns
  readonly #memory: KeptMemory
  readonly #condition: Condition
  readonly #victims: VictimGroup
  /** Ids of what it has submitted and not seen the end of. */
  readonly #own = new Set<string>()
  #event: TriggeringEvent | undefined
  #cleared = false
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
    this.#victims = new VictimGroup(rule, services, pauses)
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
        clear: atWork('clearing', (signal) => this.#clear(signal)),
        handle: atWork('handling', (signal) => this.#handle(signal)),
        goBack: atWork('returning', (signal) => this.#goBack(signal)),
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
    return this.#own
  }

  /** Takes the place of an idle one, and knows what that knew. */
  inherit({ memory }: Rule): void {
    this.#memory.now = memory
    this.recalled = memory.enabled ? 'rule.idle' : 'rule.disabled'
  }

  owns({ id }: Pick<Tasklet, 'id'>): boolean {
    return this.#own.has(id)
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
    this.#turns.release(this)
    await this.#memory.read()
    const { store } = this.#services
    const { handler, own } = await findUnfinished(this.rule, store, this.memory.handler)
    for (const id of own) this.#own.add(id)
    if (handler === undefined) return this.memory.enabled ? 'rule.idle' : 'rule.disabled'
    this.#memory.now = { ...this.memory, handler }
    this.#turns.resume(this)
    this.#closeScope()
    return 'handler.unfinished'
  }

  async #watch(signal: AbortSignal): Promise<InterruptEventType> {
    if (!this.memory.enabled) return 'rule.disabled'
    this.#event = await this.#condition.met(signal)
    return 'condition.met'
  }

  async #awaitTurn(signal: AbortSignal): Promise<InterruptEventType> {
    await this.refresh().catch((error: unknown) => this.#services.report(error))
    if (!this.memory.enabled) return 'rule.disabled'
    // Another process may have answered it in the meantime.
    if (this.#memory.coolingTime > 0) return 'condition.passed'
    while (!this.#turns.take(this)) {
      await this.#turns.change(signal)
      signal.throwIfAborted()
      if (!(await this.#condition.stillHolds(signal))) return 'condition.passed'
    }
    return 'turn.came'
  }

  /** The handler is stored before anything is stopped, so that a crash in between loses nothing. */
  async #clear(signal: AbortSignal): Promise<InterruptEventType> {
    const { clock, submitHandler, bus } = this.#services
    const now = clock.now()
    const event = this.#event ?? { name: 'interrupt.condition', at: now, data: undefined }
    this.#closeScope()
    const handler = await submitHandler(this.rule, event)
    signal.throwIfAborted()
    this.#own.add(handler.id)
    await this.#memory.note({ handler: handler.id, firedAt: now })
    signal.throwIfAborted()
    const victims = this.#findVictims()
    const { plan, name } = this.rule
    const ids = victims.map(({ tasklet }) => tasklet.id)
    bus.emit('interrupt.fired', { plan, name, victims: ids, handler: handler.id })
    await this.#clearScope(victims)
    return 'victims.cleared'
  }

  #findVictims(): readonly Delivery[] {
    return this.#services.grants
      .granted(this.#plan)
      .filter(({ tasklet }) => !this.owns(tasklet) && !this.#turns.goesBefore(tasklet, this))
      .filter((delivery) => isVictim(this.rule, delivery))
  }

  async #clearScope(victims: readonly Delivery[]): Promise<void> {
    await this.#victims.clear(victims)
    this.#cleared = true
  }

  async #handle(signal: AbortSignal): Promise<InterruptEventType> {
    const { handler } = this.memory
    if (handler === undefined) throw new TypeError('an interrupt has no handler to wait for')
    // After a crash of the actor some may still be there.
    if (!this.#cleared) await this.#clearScope(this.#findVictims())
    signal.throwIfAborted()
    this.#services.grants.reconsider()
    try {
      await this.#services.completed(handler)
    } finally {
      signal.throwIfAborted()
      await this.#memory.startCooldown()
    }
    return 'handler.completed'
  }

  async #goBack(signal: AbortSignal): Promise<InterruptEventType> {
    const { plan, name, returnTo } = this.rule
    const { submitReturn, grants, completed, bus } = this.#services
    if (returnTo !== undefined) {
      const { id } = await submitReturn(this.rule, returnTo)
      signal.throwIfAborted()
      this.#own.add(id)
      grants.reconsider()
      await completed(id)
      signal.throwIfAborted()
    }
    bus.emit('interrupt.ended', { plan, name, handler: this.memory.handler ?? '' })
    return 'world.returned'
  }

  async #cool(signal: AbortSignal): Promise<InterruptEventType> {
    await this.#victims.resume()
    this.#openScope()
    this.#own.clear()
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
    this.#turns.release(this)
    this.#idle()
    // It may have been switched on again before it came here.
    if (this.memory.enabled) send('rule.enabled')
  }

  get #plan(): string | undefined {
    return this.rule.scope === 'plan' ? this.rule.plan : undefined
  }

  #closeScope(): void {
    this.#services.grants.closeScope({
      id: markOf(this.rule),
      plan: this.#plan,
      admits: (tasklet) =>
        this.owns(tasklet) ? this.#cleared : this.#turns.goesBefore(tasklet, this),
    })
  }

  #openScope(): void {
    this.#cleared = false
    this.#services.grants.openScope(markOf(this.rule))
    this.#turns.release(this)
  }

  /** An interrupt at work. When its actor is stopped in it, nobody would open the scope any more. */
  #atWork(work: Work): Work {
    return async (signal) => {
      const letGo = () => {
        this.#victims.letGo()
        this.#openScope()
      }
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
    const { bus, log } = this.#services
    const { plan, name } = this.rule
    bus.emit('interrupt.failed', { plan, name, handler: this.memory.handler, error })
    log.error('an interrupt failed', { interrupt: fullRuleName(this.rule), error })
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
