import type { Plan } from '../../plan/model.ts'
import { nearestName } from '../../plan/nearest.ts'
import type { Runtime, TaskletView } from '../../runtime/runtime.ts'
import { Problem } from './problem.ts'

/** @throws {Problem} `not_found` */
export async function requireTasklet(runtime: Runtime, id: string): Promise<TaskletView> {
  const tasklet = await runtime.get(id)
  if (tasklet !== undefined) return tasklet
  throw new Problem(
    'not_found',
    `there is no tasklet "${id}": it was never stored, was discarded, or is past its retention`,
  )
}

/** @throws {Problem} `not_found` that names the nearest. */
export function requirePlan(runtime: Runtime, name: string): Plan {
  const plan = runtime.plans.find((each) => each.name === name)
  if (plan !== undefined) return plan
  const names = runtime.plans.map((each) => each.name)
  throw unknownName('plan', name, names)
}

/** @throws {Problem} `not_found` that names the nearest. */
export function requireKnown(what: string, name: string, names: readonly string[]): void {
  if (!names.includes(name)) throw unknownName(what, name, names)
}

function unknownName(what: string, name: string, names: readonly string[]): Problem {
  const suggestion = nearestName(name, names)
  const known = names.length === 0 ? 'there is none' : `there are: ${names.join(', ')}`
  const hint = suggestion === undefined ? known : `did you mean "${suggestion}"?`
  const errors = [
    { in: 'path', path: what, message: `there is no ${what} "${name}"`, suggestion },
  ] as const
  return new Problem('not_found', `there is no ${what} "${name}"; ${hint}`, { errors })
}
