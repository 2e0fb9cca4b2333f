import type { Interrupt } from '../../plan/model.ts'
import { writeFact } from '../worlds/fact-writer.ts'
import type { InterruptServices } from './services.ts'
import { fullRuleName } from './services.ts'

/** What outlives the process of a rule. */
export interface RuleMemory {
  readonly enabled: boolean
  /** Milliseconds since the epoch. */
  readonly firedAt?: number | undefined
  /** The tasklet that answers, until its interrupt is over. */
  readonly handler?: string | undefined
  /** Milliseconds since the epoch. */
  readonly cooldownUntil?: number | undefined
}

const INTERRUPT_FACT = 'interrupt'

const FRESH: RuleMemory = { enabled: true }

/** Keeps the memory of one rule in the store. */
export class RuleFact {
  readonly #store: Pick<InterruptServices['store'], 'fact' | 'writeFact'>
  readonly #key: string

  constructor(rule: Interrupt, store: Pick<InterruptServices['store'], 'fact' | 'writeFact'>) {
    this.#store = store
    this.#key = fullRuleName(rule)
  }

  async read(): Promise<RuleMemory> {
    return toMemory((await this.#store.fact(INTERRUPT_FACT, this.#key))?.value)
  }

  /** Another process may write in between: then what it wrote is changed. */
  async change(changes: Partial<RuleMemory>): Promise<RuleMemory> {
    const name = { kind: INTERRUPT_FACT, key: this.#key }
    const known = await this.#store.fact(name.kind, name.key)
    let memory = toMemory(known?.value)
    const value = () => ({ ...memory, ...changes })
    await writeFact(
      this.#store,
      { ...name, version: known?.version ?? 0 },
      {
        value,
        met(theirs) {
          memory = toMemory(theirs.value)
          return 'ours'
        },
      },
    )
    return value()
  }
}

/** The memory of a rule that runs here, and what becomes of it. */
export class KeptMemory {
  now: RuleMemory = FRESH
  readonly #services: Pick<InterruptServices, 'store' | 'clock' | 'report'>
  readonly #rule: Interrupt
  readonly #fact: RuleFact

  constructor(rule: Interrupt, services: Pick<InterruptServices, 'store' | 'clock' | 'report'>) {
    this.#rule = rule
    this.#services = services
    this.#fact = new RuleFact(rule, services.store)
  }

  async read(): Promise<void> {
    this.now = await this.#fact.read()
  }

  /** Rejects when the store does not keep it; then it stays as it was. */
  async change(changes: Partial<RuleMemory>): Promise<void> {
    this.now = await this.#fact.change(changes)
  }

  /** What the store does not keep is known here all the same, so that the interrupt goes on. */
  async note(changes: Partial<RuleMemory>): Promise<void> {
    this.now = { ...this.now, ...changes }
    try {
      await this.change(changes)
    } catch (error) {
      this.#services.report(error)
    }
  }

  /** Milliseconds. */
  get coolingTime(): number {
    return Math.max(0, (this.now.cooldownUntil ?? 0) - this.#services.clock.now())
  }

  startCooldown(): Promise<void> {
    const cooldownUntil = this.#services.clock.now() + this.#rule.cooldown
    // The handler too: a crash may have come before the store knew which it is.
    return this.note({ handler: this.now.handler, cooldownUntil })
  }
}

function toMemory(value: unknown): RuleMemory {
  return typeof value === 'object' && value !== null ? { ...FRESH, ...value } : FRESH
}
