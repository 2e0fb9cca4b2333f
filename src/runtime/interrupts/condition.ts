import type { RuntimeEvent } from '../../core/events.ts'
import type { Lineage, TriggeringEvent } from '../../core/tasklet.ts'
import type { Interrupt, InterruptTrigger } from '../../plan/model.ts'
import { cutReason, throughTrigger } from '../events/lineage.ts'
import { wait } from '../wait.ts'
import { fullRuleName, type InterruptServices, markOf } from './services.ts'

type ConditionServices = Pick<InterruptServices, 'clock' | 'bus' | 'log' | 'folder'>
type CheckTrigger = Extract<InterruptTrigger, { kind: 'check' }>

/** What a rule looks for: a check that is asked again and again, or an event. */
export class Condition {
  readonly #rule: Interrupt
  readonly #services: ConditionServices
  #nextLook = 0
  /** The last failure of the check, so that a lasting one is told once. */
  #failure: string | undefined

  constructor(rule: Interrupt, services: ConditionServices) {
    this.#rule = rule
    this.#services = services
  }

  /** Resolves with what has happened; rejects with the signal's reason when it aborts first. */
  async met(signal: AbortSignal): Promise<TriggeringEvent> {
    const { trigger } = this.#rule
    if (trigger.kind === 'event') return this.#heard(trigger.pattern, signal)
    const { clock } = this.#services
    for (;;) {
      const left = this.#nextLook - clock.now()
      if (left > 0) await wait(clock, left, signal)
      if (await this.#look(trigger, signal)) return this.#asEvent()
    }
  }

  /** Whether it still holds; an event that has happened has happened. */
  async stillHolds(signal: AbortSignal): Promise<boolean> {
    const { trigger } = this.#rule
    return trigger.kind === 'event' || this.#look(trigger, signal)
  }

  async #heard(pattern: string, signal: AbortSignal): Promise<TriggeringEvent> {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<TriggeringEvent>()
    const leave = this.#services.bus.on(pattern, (event) => {
      if (!this.#isCut(event)) resolve(this.#through(event))
    })
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    try {
      return await promise
    } finally {
      leave()
      signal.removeEventListener('abort', abort)
    }
  }

  /** What came of an answer of this rule does not fire it again. */
  #isCut(event: RuntimeEvent): boolean {
    const trigger = markOf(this.#rule)
    const reason = cutReason(event.lineage, trigger)
    if (reason === undefined) return false
    // What tells of a cut comes of the same chain: to tell of that again would never end.
    if (event.name === 'event.cut') return true
    const { bus, log } = this.#services
    const cut = this.#through(event)
    log.error('a chain of events was cut', { interrupt: fullRuleName(this.#rule), reason })
    bus.emit('event.cut', { reason, trigger, event: cut }, { cause: cut.lineage })
    return true
  }

  #through({ name, at, data, lineage }: RuntimeEvent): TriggeringEvent & { lineage: Lineage } {
    return { name, at, data, lineage: throughTrigger(lineage, markOf(this.#rule)) }
  }

  async #look(trigger: CheckTrigger, signal: AbortSignal): Promise<boolean> {
    try {
      const answer = await this.#ask(trigger, signal)
      if (typeof answer !== 'boolean' && answer !== 'unknown') {
        throw new TypeError(
          `check "${trigger.check.name}" has to answer true, false or 'unknown', not ${String(answer)}`,
        )
      }
      this.#failure = undefined
      return answer === true
    } catch (error) {
      signal.throwIfAborted()
      this.#failed(error)
      return false
    } finally {
      this.#nextLook = this.#services.clock.now() + trigger.every
    }
  }

  /** A check that goes on after its time is not waited for. */
  async #ask({ check, timeout }: CheckTrigger, signal: AbortSignal): Promise<unknown> {
    const { clock, log, folder } = this.#services
    const { plan } = this.#rule
    const controller = new AbortController()
    const late = wait(clock, timeout, AbortSignal.any([signal, controller.signal])).then(() => {
      throw new DOMException(`check "${check.name}" took longer than ${timeout} ms`, 'TimeoutError')
    })
    const context = { signal: controller.signal, log, plan: { name: plan, folder: folder(plan) } }
    try {
      return await Promise.race([late, (async () => check.run(context))()])
    } finally {
      controller.abort(new DOMException('nobody waits for the check any more', 'AbortError'))
    }
  }

  #failed(error: unknown): void {
    const said = String(error)
    if (said === this.#failure) return
    this.#failure = said
    const { bus, log } = this.#services
    const { plan, name } = this.#rule
    bus.emit('interrupt.check-failed', { plan, name, error })
    log.warn('the check of an interrupt failed', { interrupt: fullRuleName(this.#rule), error })
  }

  #asEvent(): TriggeringEvent {
    const { plan, name } = this.#rule
    return { name: 'interrupt.condition', at: this.#services.clock.now(), data: { plan, name } }
  }
}
