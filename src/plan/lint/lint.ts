import { entriesOf, ownValue } from '../data.ts'
import { quote } from '../diagnostic.ts'
import type { Finding } from '../finding.ts'
import { unknownName } from '../finding.ts'
import { checkWithSideEffects } from './check-with-side-effects.ts'
import { costlyEdge } from './costly-edge.ts'
import { deadEnd } from './dead-end.ts'
import { freeCircle } from './free-circle.ts'
import { indistinguishableStates } from './indistinguishable-states.ts'
import type { Rule, Subject } from './rule.ts'
import { shortDelay } from './short-delay.ts'
import { tasklessEdge } from './taskless-edge.ts'
import { unreachableState } from './unreachable-state.ts'
import { unusedResource } from './unused-resource.ts'

export const RULES: readonly Rule[] = [
  unreachableState,
  deadEnd,
  indistinguishableStates,
  tasklessEdge,
  costlyEdge,
  freeCircle,
  shortDelay,
  checkWithSideEffects,
  unusedResource,
]

/** Switches for rules that there are not. */
export function checkLintSettings(value: unknown): readonly Finding[] {
  const names = RULES.map(({ name }) => name)
  return entriesOf(ownValue(value, 'lint')).flatMap(([name]) => {
    if (names.includes(name)) return []
    const message = `there is no rule ${quote(name)}`
    return [{ ...unknownName('unknown-rule', ['lint', name], name, names, message), at: 'key' }]
  })
}

/** What is allowed and probably wrong, with the severity that the plan gives each rule. */
export function lintPlan(subject: Subject): readonly Finding[] {
  const settings = ownValue(subject.value, 'lint')
  return RULES.flatMap((rule) => {
    const setting = ownValue(settings, rule.name) ?? 'warn'
    if (setting === 'off') return []
    const severity = setting === 'error' ? 'error' : 'warning'
    return rule.check(subject).map((finding) => ({ ...finding, rule: rule.name, severity }))
  })
}
