import { ownValue } from '../data.ts'
import { quote } from '../diagnostic.ts'
import type { Finding } from '../finding.ts'
import type { Units } from '../tasks/resources.ts'
import { mostUnits, unitsOf } from '../tasks/resources.ts'
import type { StepsRead } from './compile.ts'
import type { Step, Work } from './tree.ts'

interface Declared {
  readonly tasks: ReadonlyMap<string, unknown>
  readonly steps: ReadonlyMap<string, StepsRead>
}

/**
 * What a task is granted: what it declares itself and what covers its sub-tasks, one after another
 * or, where they run at once, together.
 */
export function grantOf(name: string, declared: Declared): Units {
  return unitsOfTask(name, declared, [])
}

function unitsOfTask(name: string, declared: Declared, around: readonly string[]): Units {
  const own = unitsOf(ownValue(declared.tasks.get(name), 'resources'))
  const read = declared.steps.get(name)
  // A task that runs itself is refused elsewhere.
  if (read === undefined || around.includes(name)) return own
  const inside = [...around, name]
  const ofTask = (task: string) => unitsOfTask(task, declared, inside)
  return mostUnits([own, unitsOfList(read.steps, ofTask)])
}

function unitsOfList(steps: readonly Step[], ofTask: (task: string) => Units): Units {
  return mostUnits(
    steps.flatMap(({ work, onError }) => [
      unitsOfWork(work, ofTask),
      typeof onError === 'string' ? {} : unitsOfList(onError, ofTask),
    ]),
  )
}

function unitsOfWork(work: Work, ofTask: (task: string) => Units): Units {
  switch (work.kind) {
    case 'action':
      return work.action.kind === 'task' ? ofTask(work.action.task) : {}
    case 'sequence':
      return unitsOfList(work.steps, ofTask)
    case 'parallel':
      return sumOf(work.branches.map((branch) => [unitsOfList([branch], ofTask), 1]))
    case 'each':
      return sumOf([[unitsOfList(work.body, ofTask), work.bound]])
  }
}

function sumOf(parts: readonly (readonly [units: Units, times: number])[]): Units {
  const sum = new Map<string, number>()
  for (const [units, times] of parts) {
    for (const [name, count] of Object.entries(units)) {
      sum.set(name, (sum.get(name) ?? 0) + count * times)
    }
  }
  return Object.fromEntries(sum)
}

/** Steps that ask for more at once than there is would never begin. */
export function checkGrants(
  declared: Declared,
  capacities: Readonly<Record<string, number>>,
): readonly Finding[] {
  return [...declared.steps.keys()].flatMap((task) => {
    const own = unitsOf(ownValue(declared.tasks.get(task), 'resources'))
    return Object.entries(grantOf(task, declared)).flatMap(([name, units]): Finding[] => {
      const capacity = capacities[name]
      if (capacity === undefined || units <= capacity || (own[name] ?? 0) > capacity) return []
      const message = `the sub-tasks of ${quote(task)} ask for ${units} of ${quote(name)} at once, of which there are ${capacity}`
      return [{ rule: 'resource-request', path: ['tasks', task, 'steps'], at: 'key', message }]
    })
  })
}
