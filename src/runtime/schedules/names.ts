import type { Schedule } from '../../plan/model.ts'

type Named = Pick<Schedule, 'plan' | 'name'>

/** The name by which a schedule is known outside of its plan. */
export function fullScheduleName({ plan, name }: Named): string {
  return `${plan}/${name}`
}

/** Stands in the tags of everything that a schedule submits, and names its actor. */
export function markOf(schedule: Named): string {
  return `schedule:${fullScheduleName(schedule)}`
}
