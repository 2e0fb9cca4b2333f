import type { Interrupt } from '../plan/model.ts'
import type { Store } from '../ports/store.ts'
import { RuleFact, type RuleMemory } from '../runtime/interrupts/memory.ts'
import { fullRuleName } from '../runtime/interrupts/services.ts'
import { findInterrupt } from './plans.ts'
import type { Switchable } from './switch.ts'

/** `answering` is what the database tells: its process may have ended, and the next goes on with it. */
export type InterruptState = 'off' | 'answering' | 'cooling' | 'on'

/** A rule as its plan declares it and as the database remembers it. */
export interface KnownInterrupt {
  readonly rule: Interrupt
  readonly memory: RuleMemory
  readonly state: InterruptState
}

/** Without a store nothing is remembered yet. */
export async function readInterrupt(
  rule: Interrupt,
  store: Store | undefined,
  now: number,
): Promise<KnownInterrupt> {
  const memory: RuleMemory = store ? await new RuleFact(rule, store).read() : { enabled: true }
  return { rule, memory, state: stateOf(memory, now) }
}

/** A running process hears of it when it next looks at its store. */
export const INTERRUPT_SWITCH: Switchable<Interrupt> = {
  noun: 'interrupt',
  example: 'gpu-box/people-first',
  find: findInterrupt,
  async set(rule, store, enabled, now) {
    const memory = await new RuleFact(rule, store).change({ enabled })
    const state = stateOf(memory, now)
    const remark = state === 'answering' ? ', and its answer is under way' : ''
    return { fields: interruptFields({ rule, memory, state }), remark }
  },
}

/** Work that is under way is brought to its end even when the rule is off. */
function stateOf({ enabled, handler, cooldownUntil = 0 }: RuleMemory, now: number): InterruptState {
  if (handler !== undefined) return 'answering'
  if (!enabled) return 'off'
  return cooldownUntil > now ? 'cooling' : 'on'
}

/** What stands for the rule in JSON; times are milliseconds since the epoch, durations milliseconds. */
export function interruptFields({ rule, memory, state }: KnownInterrupt) {
  const { run, scope, victims, cooldown, returnTo = null, priority } = rule
  return {
    name: fullRuleName(rule),
    state,
    enabled: memory.enabled,
    ...{ when: conditionOf(rule), run, scope, victims, cooldown, returnTo, priority },
    firedAt: memory.firedAt ?? null,
    handler: memory.handler ?? null,
    cooldownUntil: memory.cooldownUntil ?? null,
  }
}

/** The name of its check, or the pattern of its event. */
export function conditionOf({ trigger }: Interrupt): string {
  return trigger.kind === 'check' ? trigger.check.name : trigger.pattern
}
