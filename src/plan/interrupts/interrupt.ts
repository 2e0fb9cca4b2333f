import { optionalMilliseconds, toMilliseconds } from '../../core/duration.ts'
import { toPriority } from '../../core/priority.ts'
import { entriesOf, isRecord, listOf, ownValue } from '../data.ts'
import type { Code, Declaration } from '../declaration.ts'
import { quote } from '../diagnostic.ts'
import type { Finding, Path } from '../finding.ts'
import { unknownTask } from '../finding.ts'
import type { Check, Interrupt, InterruptTrigger, Victims } from '../model.ts'
import type { Requirement } from '../tasks/requirement.ts'
import { resolveRequirement } from '../tasks/requirement.ts'
import { checkFunction } from '../world/check-names.ts'
import type { Outline } from '../world/outline.ts'
import type { InterruptDeclaration } from './schema.ts'

const DEFAULT_EVERY = 5000
const DEFAULT_TIMEOUT = 5000
const DEFAULT_PRIORITY = 100

/** `tasks`: the names of all tasks of the plan, also of those that could not be read. */
export function checkInterrupts(
  { value, code }: Declaration,
  tasks: ReadonlySet<string>,
): readonly Finding[] {
  return entriesOf(ownValue(value, 'interrupts')).flatMap(([name, rule]) => {
    if (!isRecord(rule)) return []
    const at = ['interrupts', name]
    const run = ownValue(rule, 'run')
    const victims = listOf(ownValue(ownValue(rule, 'victims'), 'tasks'))
    return [
      ...checkTrigger(at, rule, code),
      ...checkTaskName(run, [...at, 'run'], tasks),
      ...checkHandler(run, [...at, 'run'], ownValue(value, 'tasks')),
      ...victims.flatMap((task, index) =>
        checkTaskName(task, [...at, 'victims', 'tasks', index], tasks),
      ),
    ]
  })
}

/** The states that the world is brought to after interrupts. */
export function requiredByInterrupts(
  value: unknown,
  outline: Outline | undefined,
): readonly Requirement[] {
  return entriesOf(ownValue(value, 'interrupts')).map(([name, rule]) => {
    const returnTo = ownValue(rule, 'returnTo')
    const path = typeof returnTo === 'string' ? returnTo : undefined
    return resolveRequirement(path, ['interrupts', name, 'returnTo'], outline)
  })
}

/** Exactly one of `when` and `on`; `every` and `timeout` are about the check of `when`. */
function checkTrigger(
  at: Path,
  rule: Readonly<Record<string, unknown>>,
  code: Code | undefined,
): readonly Finding[] {
  const when = ownValue(rule, 'when')
  const on = ownValue(rule, 'on')
  if (when === undefined && on === undefined) {
    const message = `an interrupt needs ${quote('when')} (a check) or ${quote('on')} (an event)`
    return [{ rule: 'interrupt-trigger', path: at, at: 'key', message }]
  }
  if (when !== undefined && on !== undefined) {
    const message = `an interrupt has either ${quote('when')} or ${quote('on')}, not both`
    return [{ rule: 'interrupt-trigger', path: [...at, 'on'], at: 'key', message }]
  }
  if (typeof when === 'string') return checkFunction('check', when, [...at, 'when'], code?.checks)
  const pollSettings = ['every', 'timeout']
  return pollSettings.flatMap((key): Finding[] => {
    if (on === undefined || ownValue(rule, key) === undefined) return []
    const message = `${quote(key)} is about a check, and this interrupt waits for an event`
    return [{ rule: 'interrupt-trigger', path: [...at, key], at: 'key', message }]
  })
}

function checkTaskName(name: unknown, path: Path, known: ReadonlySet<string>): readonly Finding[] {
  if (typeof name !== 'string' || known.has(name)) return []
  return [unknownTask(path, name, known)]
}

function checkHandler(run: unknown, path: Path, tasks: unknown): readonly Finding[] {
  if (typeof run !== 'string' || ownValue(ownValue(tasks, run), 'external') !== true) return []
  const message = `${quote(run)} is external, and an interrupt cannot wait for somebody to pull it`
  return [{ rule: 'interrupt-handler', path, message }]
}

/** A rule that passed every check. */
export function buildInterrupt(
  plan: string,
  name: string,
  rule: InterruptDeclaration,
  code: Code,
): Interrupt {
  return {
    plan,
    name,
    trigger: toTrigger(rule, code),
    run: rule.run,
    input: rule.input,
    scope: rule.scope ?? 'plan',
    victims: toVictims(rule.victims),
    cooldown: toMilliseconds(rule.cooldown ?? 0),
    returnTo: rule.returnTo,
    priority: rule.priority === undefined ? DEFAULT_PRIORITY : toPriority(rule.priority),
  }
}

function toTrigger(
  { when, on, every, timeout }: InterruptDeclaration,
  code: Code,
): InterruptTrigger {
  if (when === undefined) return { kind: 'event', pattern: on ?? '' }
  return {
    kind: 'check',
    check: { name: when, run: code.checks.get(when) as Check['run'] },
    every: optionalMilliseconds(every) ?? DEFAULT_EVERY,
    timeout: optionalMilliseconds(timeout) ?? DEFAULT_TIMEOUT,
  }
}

function toVictims(victims: InterruptDeclaration['victims']): Victims {
  if (victims === undefined || typeof victims === 'string') {
    return { policy: victims ?? 'requeue', tasks: [], tags: [] }
  }
  return { policy: victims.policy, tasks: victims.tasks ?? [], tags: victims.tags ?? [] }
}
