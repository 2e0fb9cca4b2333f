import { ownValue } from '../data.ts'
import { quote } from '../diagnostic.ts'
import type { Finding } from '../finding.ts'
import type { Outline } from '../world/outline.ts'
import { resolveRequirement } from './requirement.ts'

/** What a task says it does to the world: where it `leaves` it, or that it `disturbs` it. */
export function checkEffect(
  name: string,
  task: unknown,
  outline: Outline | undefined,
): readonly Finding[] {
  const path = ['tasks', name]
  const leaves = ownValue(task, 'leaves')
  const disturbs = ownValue(task, 'disturbs') === true
  const findings = [...resolveRequirement(leaves, [...path, 'leaves'], outline).findings]
  if (disturbs && leaves !== undefined) {
    const message = `${quote(name)} either leaves the world in a state or disturbs it, not both`
    findings.push({ rule: 'task-effect', path: [...path, 'disturbs'], at: 'key', message })
  } else if (disturbs && outline === undefined) {
    const message = 'the plan has no machine, so a task has no world to disturb'
    findings.push({ rule: 'task-effect', path: [...path, 'disturbs'], at: 'key', message })
  }
  return findings
}
