import type { ZodType } from 'zod'
import { type Duration, toMilliseconds } from '../core/duration.ts'
import { InputError } from '../core/errors.ts'
import { type Priority, toPriority } from '../core/priority.ts'
import type { Source, Tasklet } from '../core/tasklet.ts'
import type { Plan, Task } from '../plan/model.ts'

export interface SubmitOptions {
  readonly priority?: Priority
  readonly queue?: string
  /** Not before this long from now. */
  readonly delay?: Duration
  /** Not before this time. */
  readonly runAt?: Date | number
  /** A second submission of the task with the same key returns the first record. */
  readonly idempotencyKey?: string
  /** Limits one attempt, instead of the task's own timeout. */
  readonly timeout?: Duration
  /** How often the task may be tried in all, instead of the task's own number. */
  readonly retry?: { readonly attempts: number }
  readonly tags?: readonly string[]
  readonly initialContext?: unknown
  readonly traceId?: string
  readonly estimatedDuration?: Duration
}

export interface Submission {
  readonly plan: Plan
  readonly task: Task
  readonly input: unknown
  readonly options: SubmitOptions
  /** Paths of states, instead of the task's own requirement. */
  readonly requires?: readonly string[]
  readonly source: Source
}

/**
 * The record of a submission, as it is given to the store.
 * @throws {InputError} that names the option or the place in the input.
 */
export function toTasklet(submission: Submission, id: string, now: number): Tasklet {
  const { plan, task, options } = submission
  const notBefore = toNotBefore(options, now)
  return {
    id,
    plan: plan.name,
    task: task.name,
    planVersion: plan.version,
    queue: options.queue ?? 'main',
    priority: options.priority === undefined ? 500 : toPriority(options.priority),
    sequence: 0,
    status: notBefore === undefined ? 'pending' : 'scheduled',
    input: parseInput(task.input, submission.input, `${plan.name}/${task.name}`),
    initialContext: options.initialContext,
    output: undefined,
    error: undefined,
    trail: undefined,
    attempts: 0,
    maxAttempts: toAttempts(options.retry?.attempts ?? task.retry.attempts),
    deliveries: 0,
    notBefore,
    timeout: options.timeout === undefined ? undefined : toMilliseconds(options.timeout),
    requires: submission.requires ?? task.requires,
    idempotencyKey: options.idempotencyKey,
    tags: options.tags ?? task.tags,
    source: submission.source,
    parentId: undefined,
    traceId: options.traceId,
    estimatedDuration:
      options.estimatedDuration === undefined
        ? undefined
        : toMilliseconds(options.estimatedDuration),
    actualDuration: undefined,
    createdAt: now,
    updatedAt: now,
    startedAt: undefined,
    settledAt: undefined,
    lease: undefined,
    cancelRequested: undefined,
  }
}

function toAttempts(attempts: number): number {
  if (Number.isInteger(attempts) && attempts >= 1) return attempts
  throw new InputError(`retry.attempts must be an integer ≥ 1, not ${attempts}`)
}

function toNotBefore({ delay, runAt }: SubmitOptions, now: number): number | undefined {
  if (delay !== undefined && runAt !== undefined) {
    throw new InputError('give either delay or runAt, not both')
  }
  const at = delay === undefined ? runAt : now + toMilliseconds(delay)
  if (at === undefined) return undefined
  const time = Number(at)
  if (!Number.isFinite(time)) throw new InputError('runAt is not a valid time')
  return time > now ? time : undefined
}

function parseInput(schema: ZodType | undefined, input: unknown, task: string): unknown {
  if (schema === undefined) return input
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  )
  throw new InputError(`the input of ${task} is not valid: ${issues.join('; ')}`)
}
