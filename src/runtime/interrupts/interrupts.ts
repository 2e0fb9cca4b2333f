import type { Resident } from '../../../machines/scheduler.ts'
import { InputError } from '../../core/errors.ts'
import type { Interrupt } from '../../plan/model.ts'
import { nearestName } from '../../plan/nearest.ts'
import { Pauses } from './pauses.ts'
import { Rule, type RuleState } from './rule.ts'
import { fullRuleName, type InterruptServices, markOf } from './services.ts'
import { Turns } from './turns.ts'

/** How a rule stands; times are milliseconds since the epoch. */
export interface InterruptInfo {
  /** `plan/name` */
  readonly name: string
  readonly state: RuleState
  readonly enabled: boolean
  readonly scope: Interrupt['scope']
  /** The name of its check, or the pattern of its event. */
  readonly when: string
  readonly firedAt: number | undefined
  /** Id of the tasklet that answers, while the interrupt is not over. */
  readonly handler: string | undefined
  readonly cooldownUntil: number | undefined
}

/** Actors of rules end, and others take their places. */
export type Exchange = (gone: readonly string[], come: readonly Resident[]) => void

/** The rules of all plans. */
export class Interrupts {
  readonly #services: InterruptServices
  readonly #turns = new Turns()
  readonly #pauses = new Pauses()
  readonly #rules = new Map<string, Rule>()
  /** By name, what takes the place of a rule when its interrupt is over; undefined: nothing. */
  readonly #next = new Map<string, Interrupt | undefined>()

  constructor(interrupts: readonly Interrupt[], services: InterruptServices) {
    this.#services = services
    for (const rule of interrupts) this.#rules.set(fullRuleName(rule), this.#create(rule))
  }

  /**
   * From now on these are the rules of the plan. An interrupt that is under way is brought to its end
   * by the rule that began it; `hold` is told of each such, and gives what is called then.
   */
  replace(
    plan: string,
    interrupts: readonly Interrupt[],
    exchange: Exchange,
    hold: (rule: Rule) => () => void,
  ): void {
    const next = new Map(interrupts.map((rule) => [fullRuleName(rule), rule]))
    const before = [...this.#rules].filter(([, { rule }]) => rule.plan === plan)
    for (const name of new Set([...before.map(([name]) => name), ...next.keys()])) {
      const old = this.#rules.get(name)
      if (old === undefined || old.isIdle) this.#succeed(name, next.get(name), exchange)
      else this.#succeedLater(name, old, next.get(name), { exchange, hold })
    }
  }

  #succeed(name: string, next: Interrupt | undefined, exchange: Exchange): void {
    const old = this.#rules.get(name)
    this.#rules.delete(name)
    const gone = old === undefined ? [] : [markOf(old.rule)]
    if (next === undefined) {
      exchange(gone, [])
      return
    }
    const rule = this.#create(next)
    if (old !== undefined) rule.inherit(old)
    this.#rules.set(name, rule)
    exchange(gone, [toResident(rule)])
  }

  #succeedLater(
    name: string,
    old: Rule,
    next: Interrupt | undefined,
    { exchange, hold }: { exchange: Exchange; hold: (rule: Rule) => () => void },
  ): void {
    const isExpected = this.#next.has(name)
    this.#next.set(name, next)
    if (isExpected) return
    const letGo = hold(old)
    old.onIdle(() => {
      // Its actor is in the middle of a step.
      queueMicrotask(() => {
        if (!old.isIdle || !this.#next.has(name)) return
        const successor = this.#next.get(name)
        this.#next.delete(name)
        this.#succeed(name, successor, exchange)
        letGo()
      })
    })
  }

  #create(rule: Interrupt): Rule {
    return new Rule(rule, this.#services, this.#turns, this.#pauses)
  }

  /** To be awaited before anything is granted: scopes of unfinished interrupts are closed then. */
  async recall(): Promise<void> {
    await Promise.all(
      [...this.#rules.values()].map(async (rule) => {
        rule.recalled = await rule.recall()
      }),
    )
  }

  /** Another process may have switched rules on or off. */
  async refresh(): Promise<void> {
    await Promise.all([...this.#rules.values()].map((rule) => rule.refresh()))
  }

  residents(): readonly Resident[] {
    return [...this.#rules.values()].map(toResident)
  }

  list(): readonly InterruptInfo[] {
    return [...this.#rules].map(([name, { rule, state, memory }]) => ({
      name,
      state,
      enabled: memory.enabled,
      scope: rule.scope,
      when: rule.trigger.kind === 'check' ? rule.trigger.check.name : rule.trigger.pattern,
      firedAt: memory.firedAt,
      handler: memory.handler,
      cooldownUntil: memory.cooldownUntil,
    }))
  }

  /** @throws {InputError} when there is no such rule. */
  async enable(name: string): Promise<void> {
    await this.#require(name).setEnabled(true)
  }

  /**
   * An interrupt that is under way is brought to its end.
   * @throws {InputError} when there is no such rule.
   */
  async disable(name: string): Promise<void> {
    await this.#require(name).setEnabled(false)
  }

  #require(name: string): Rule {
    const rule = this.#rules.get(name)
    if (rule !== undefined) return rule
    const names = [...this.#rules.keys()]
    const nearest = nearestName(name, names)
    const known = names.length === 0 ? 'none' : names.join(', ')
    const hint = nearest === undefined ? `; there are: ${known}` : `; did you mean "${nearest}"?`
    throw new InputError(`there is no interrupt "${name}"${hint}`)
  }
}

function toResident({ rule, logic }: Rule): Resident {
  return { id: markOf(rule), logic, servesRunningWork: false }
}
