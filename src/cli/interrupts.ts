import type { Interrupt } from '../plan/model.ts'
import type { Store } from '../ports/store.ts'
import { RuleFact, type RuleMemory } from '../runtime/interrupts/memory.ts'
import { fullRuleName } from '../runtime/interrupts/services.ts'
import type { InterruptRow, InterruptState } from './backend/rows.ts'

/** Without a store nothing is remembered yet. */
export async function readInterrupt(
  rule: Interrupt,
  store: Store | undefined,
  now: number,
): Promise<InterruptRow> {
  const memory: RuleMemory = store ? await new RuleFact(rule, store).read() : { enabled: true }
  return toRow(rule, memory, now)
}

/** A running process hears of it when it next looks at its store. */
export async function switchInterrupt(
  rule: Interrupt,
  store: Store,
  enabled: boolean,
  now: number,
): Promise<InterruptRow> {
  return toRow(rule, await new RuleFact(rule, store).change({ enabled }), now)
}

type Standing = { readonly [Key in keyof RuleMemory]?: RuleMemory[Key] | undefined }

/** Work that is under way is brought to its end even when the rule is off. */
export function stateOf(
  { enabled, handler, cooldownUntil = 0 }: Standing,
  now: number,
): InterruptState {
  if (handler !== undefined) return 'answering'
  if (!enabled) return 'off'
  return cooldownUntil > now ? 'cooling' : 'on'
}

function toRow(rule: Interrupt, memory: RuleMemory, now: number): InterruptRow {
  const { run, scope, victims, cooldown, returnTo = null, priority } = rule
  return {
    name: fullRuleName(rule),
    state: stateOf(memory, now),
    enabled: memory.enabled,
    ...{ when: conditionOf(rule), run, scope, victims, cooldown, returnTo, priority },
    firedAt: memory.firedAt ?? null,
    handler: memory.handler ?? null,
    cooldownUntil: memory.cooldownUntil ?? null,
  }
}

/** The name of its check, or the pattern of its event. */
function conditionOf({ trigger }: Interrupt): string {
  return trigger.kind === 'check' ? trigger.check.name : trigger.pattern
}
