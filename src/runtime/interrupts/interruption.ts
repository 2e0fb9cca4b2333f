import type { InterruptEventType } from '../../../machines/interrupt.ts'
import type { Tasklet, TriggeringEvent } from '../../core/tasklet.ts'
import type { Interrupt } from '../../plan/model.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import type { KeptMemory } from './memory.ts'
import { fullRuleName, type InterruptServices, markOf } from './services.ts'
import type { Contender, Turns } from './turns.ts'
import type { Unfinished } from './unfinished.ts'
import { isVictim, type VictimGroup } from './victims.ts'

interface InterruptionParts {
  readonly rule: Interrupt
  readonly services: InterruptServices
  readonly turns: Turns
  readonly victims: VictimGroup
}

/** What one rule does when its condition holds: clears its scope, has the handler run, and goes back. */
export class Interruption implements Contender {
  readonly rule: Interrupt
  /** What has happened; undefined: nothing yet. */
  event: TriggeringEvent | undefined
  readonly #memory: KeptMemory
  readonly #services: InterruptServices
  readonly #turns: Turns
  readonly #victims: VictimGroup
  /** Ids of what it has submitted and not seen the end of. */
  readonly #own = new Set<string>()
  #cleared = false

  constructor(memory: KeptMemory, { rule, services, turns, victims }: InterruptionParts) {
    this.rule = rule
    this.#memory = memory
    this.#services = services
    this.#turns = turns
    this.#victims = victims
  }

  get own(): Iterable<string> {
    return this.#own
  }

  owns({ id }: Pick<Tasklet, 'id'>): boolean {
    return this.#own.has(id)
  }

  /** It was under way before the runtime started: its scope is closed at once. */
  resume({ own, event }: Unfinished): void {
    for (const id of own) this.#own.add(id)
    this.event = event
    this.#turns.resume(this)
    this.#closeScope()
  }

  /** The handler is stored before anything is stopped, so that a crash in between loses nothing. */
  async clear(signal: AbortSignal): Promise<InterruptEventType> {
    const { clock, submitHandler, bus } = this.#services
    const now = clock.now()
    const event = this.event ?? { name: 'interrupt.condition', at: now, data: undefined }
    this.#closeScope()
    const handler = await submitHandler(this.rule, event)
    signal.throwIfAborted()
    this.#own.add(handler.id)
    await this.#memory.note({ handler: handler.id, firedAt: now })
    signal.throwIfAborted()
    const victims = this.#findVictims()
    const { plan, name } = this.rule
    const ids = victims.map(({ tasklet }) => tasklet.id)
    const fired = { plan, name, victims: ids, handler: handler.id }
    bus.emit('interrupt.fired', fired, { cause: event.lineage })
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

  async handle(signal: AbortSignal): Promise<InterruptEventType> {
    const { handler } = this.#memory.now
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

  async goBack(signal: AbortSignal): Promise<InterruptEventType> {
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
    const ended = { plan, name, handler: this.#memory.now.handler ?? '' }
    bus.emit('interrupt.ended', ended, { cause: this.event?.lineage })
    return 'world.returned'
  }

  /** Paused work goes on, and so does everything in the scope. */
  async end(): Promise<void> {
    await this.#victims.resume()
    this.#openScope()
    this.#own.clear()
  }

  /** Its actor is gone, and nobody else would open the scope. */
  letGo(): void {
    this.#victims.letGo()
    this.#openScope()
  }

  failed(error: unknown): void {
    const { bus, log } = this.#services
    const { plan, name } = this.rule
    const failed = { plan, name, handler: this.#memory.now.handler, error }
    bus.emit('interrupt.failed', failed, { cause: this.event?.lineage })
    log.error('an interrupt failed', { interrupt: fullRuleName(this.rule), error })
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
}
