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

/** The rules of all plans. */
export class Interrupts {
  readonly #rules: ReadonlyMap<string, Rule>

  constructor(interrupts: readonly Interrupt[], services: InterruptServices) {
    const turns = new Turns()
    const pauses = new Pauses()
    this.#rules = new Map(
      interrupts.map((rule) => [fullRuleName(rule), new Rule(rule, services, turns, pauses)]),
    )
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
    return [...this.#rules.values()].map(({ rule, logic }) => ({
      id: markOf(rule),
      logic,
      servesRunningWork: false,
    }))
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
