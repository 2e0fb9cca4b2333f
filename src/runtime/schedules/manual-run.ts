import { InputError } from '../../core/errors.ts'
import type { Plan, Schedule } from '../../plan/model.ts'
import { childOf, throughTrigger } from '../events/lineage.ts'
import type { Submission } from '../intake/submission.ts'
import { fullScheduleName } from './names.ts'
import type { Occasion } from './services.ts'
import { toSubmission } from './submission.ts'

/** A moment at which somebody asks. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** A new id, for the event. */
  readonly id: string
}

/**
 * What a schedule submits when somebody asks for it: now, with its fixed input.
 * @throws {InputError} when its input is made from an event that nobody has.
 */
export function toManualRun(plan: Plan, schedule: Schedule, moment: Moment): Submission {
  const name = fullScheduleName(schedule)
  if (isOfEvent(schedule) && schedule.input.variables.has('event')) {
    throw new InputError(
      `the input of schedule "${name}" is made from its event: submit ${plan.name}/${schedule.task} with an input instead`,
    )
  }
  return toSubmission(plan, schedule, toOccasion(name, moment), { source: 'schedule' })
}

/** Its instant is now, for an input that names it. */
function toOccasion(schedule: string, { at, id }: Moment): Occasion {
  const data = { schedule, instant: new Date(at).toISOString() }
  const lineage = throughTrigger(childOf(undefined, id), schedule)
  return { name: 'schedule.run', at, data, lineage }
}

function isOfEvent({ trigger }: Schedule): boolean {
  return trigger.kind === 'event' || trigger.kind === 'outcome' || trigger.kind === 'files'
}
