import { createHash } from 'node:crypto'
import { InputError } from '../../core/errors.ts'
import type { Plan, Schedule, Task } from '../../plan/model.ts'
import type { Submission, SubmitOptions } from '../intake/submission.ts'
import { fullScheduleName, markOf } from './names.ts'
import type { Occasion } from './services.ts'

/** The queue of work that an event started. */
const EVENT_QUEUE = 'event'

/**
 * What a schedule submits for an event or an instant.
 * @throws {InputError} for a task that is not there.
 * @throws {ExpressionError} when its input cannot be computed.
 */
export function toSubmission(
  plan: Plan,
  schedule: Schedule,
  event: Occasion,
  options: SubmitOptions = {},
): Submission {
  const task = requireTask(plan, schedule)
  const isEvent = options.source === 'event'
  const queue = schedule.queue ?? (isEvent ? EVENT_QUEUE : undefined)
  return {
    plan,
    task,
    input: schedule.input.evaluate(scopeOf(plan, event)),
    options: {
      ...(queue !== undefined && { queue }),
      ...(schedule.priority !== undefined && { priority: schedule.priority }),
      tags: [...new Set([...task.tags, ...schedule.tags, markOf(schedule)])],
      ...options,
    },
    source: 'schedule',
    event,
  }
}

/** What expressions of a schedule may name. */
export function scopeOf(plan: Plan, event: Occasion) {
  const { name, version, folder = null } = plan
  return { event, plan: { name, version, folder } }
}

/** One record for each instant and each event that several processes see, by this key. */
export function keyOf(schedule: Schedule, what: string): string {
  return `${markOf(schedule)}@${what}`
}

/** 0 up to the jitter of the schedule, in milliseconds: the same in every process. */
export function jitterOf(schedule: Schedule, instant: number): number {
  if (schedule.jitter === 0) return 0
  const digest = createHash('sha256')
    .update(`${markOf(schedule)}@${instant}`)
    .digest()
  return Math.floor((digest.readUInt32BE(0) / 2 ** 32) * schedule.jitter)
}

function requireTask(plan: Plan, schedule: Schedule): Task {
  const task = plan.tasks.get(schedule.task)
  if (task !== undefined) return task
  const name = fullScheduleName(schedule)
  throw new InputError(`schedule "${name}" names the task "${schedule.task}", which is not there`)
}
