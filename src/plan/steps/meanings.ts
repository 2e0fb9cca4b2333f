import { ownValue } from '../data.ts'
import { hashValue } from '../version.ts'
import type { StepAction, StepMeaning } from './program.ts'
import type { Step } from './tree.ts'
import { innerSteps } from './tree.ts'

/** Of the steps that do something themselves, those around which there are others included. */
export function meaningsOf(steps: readonly Step[]): ReadonlyMap<StepAction, StepMeaning> {
  const found = new Map<StepAction, StepMeaning>()
  visit(steps, { item: '', around: [] }, found)
  return found
}

interface Surrounding {
  /** The place of the item whose steps these are; empty outside of every `each`. */
  readonly item: string
  /** When, and for which items, the steps around it are run at all. */
  readonly around: readonly unknown[]
}

function visit(
  steps: readonly Step[],
  { item, around }: Surrounding,
  found: Map<StepAction, StepMeaning>,
): void {
  for (const step of steps) {
    const { key, work, written, onError } = step
    const at = [item, key].filter((part) => part !== '').join('.')
    const when = [...around, ownValue(written, 'if'), ownValue(written, 'each')]
    if (work.kind === 'action') {
      found.set(work.action, { at, does: hashValue([what(work.action, written), when]) })
    } else if (work.kind === 'each') visit(work.body, { item: `${at}[]`, around: when }, found)
    else visit(innerSteps(step), { item, around: when }, found)
    if (typeof onError !== 'string') visit(onError, { item, around: when }, found)
  }
}

/** Handlers count by their names: code may be put right. So may times, since a wait keeps its own. */
function what(action: StepAction, written: unknown): readonly unknown[] {
  const { kind } = action
  const input = ownValue(written, 'with') ?? ownValue(ownValue(written, kind), 'data')
  switch (kind) {
    case 'run':
      return [kind, action.name, input]
    case 'task':
      return [kind, action.task, input]
    case 'emit':
      return [kind, action.event, input]
    case 'waitFor':
      return [kind, action.event, action.where?.text]
    case 'sleep':
      return [kind]
  }
}
