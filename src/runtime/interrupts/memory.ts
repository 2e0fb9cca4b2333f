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

function toMemory(value: unknown): RuleMemory {
  return typeof value === 'object' && value !== null ? { ...FRESH, ...value } : FRESH
}
