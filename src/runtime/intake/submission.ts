import type { ZodType } from 'zod'
import type { Backoff } from '../../core/backoff.ts'
import type { Duration } from '../../core/duration.ts'
import { InputError } from '../../core/errors.ts'
import { type Priority, toPriority } from '../../core/priority.ts'
import type { DependencyPolicy, Source, Tasklet, TriggeringEvent } from '../../core/tasklet.ts'
import type { Plan, Task } from '../../plan/model.ts'
import { problemsOf } from '../../plan/problems.ts'
import { toDuration } from '../options/option-values.ts'
import { type DependsOn, toDependencies } from './dependencies.ts'
import { toChoice, toOptionalDuration, toOptionalText, toText } from './submit-values.ts'
import { toTrace } from './trace.ts'
import { toUniqueness, type UniquenessOptions } from './uniqueness.ts'

export interface SubmitOptions extends UniquenessOptions {
  readonly priority?: Priority
  readonly queue?: string
  /** Not before this long from now. */
  readonly delay?: Duration
  /** Not before this time. */
  readonly runAt?: Date | number
  /** Tasklets that have to be settled first, by id or as `{name: id}`. */
  readonly dependsOn?: DependsOn
  /** What happens when one of them fails or is cancelled; `fail` unless given. */
  readonly onDependencyFailure?: DependencyPolicy
  /** A second submission of the task with the same key returns the first record. */
  readonly idempotencyKey?: string
  /** Key for limits by group, and for a fair turn among groups. */
  readonly group?: string
  /** Limits one attempt, instead of the task's own timeout. */
  readonly timeout?: Duration
  /** Limits the wait from claim to grant, instead of the task's own. */
  readonly acquireTimeout?: Duration
  /** Limits one preparation of the world, instead of the task's own. */
  readonly prepareTimeout?: Duration
  /** Not started after this long: it fails with kind `expired`. */
  readonly expiresAfter?: Duration
  /** How often the task may be tried in all and the wait in between, instead of the task's own. */
  readonly retry?: { readonly attempts?: number; readonly backoff?: Backoff }
  readonly tags?: readonly string[]
  readonly initialContext?: unknown
  /** Your own name for the trace; that of the `traceparent` unless given. */
  readonly traceId?: string
  /** The span that submits it, as a `traceparent` of W3C Trace Context. */
  readonly traceparent?: string
  readonly estimatedDuration?: Duration
  /** Where it comes from; `api` unless given. */
  readonly source?: Source
  /**
   * Gives up waiting for room in a full queue and, in a `call`, for the output; what is stored goes
   * on.
   */
  readonly signal?: AbortSignal
}

export interface Submission {
  readonly plan: Plan
  readonly task: Task
  readonly input: unknown
  readonly options: SubmitOptions
  /** Paths of states, instead of the task's own requirement. */
  readonly requires?: readonly string[]
  readonly source: Source
  /** What it is submitted for, if it was an event. */
  readonly event?: TriggeringEvent
  /** The id that a name in `dependsOn` stands for; ids stand for themselves. */
  readonly resolve?: (reference: string) => string
}

/**
 * The record of a submission, as it is given to the store.
 * @throws {InputError} that names the option or the place in the input.
 */
export function toTasklet(submission: Submission, id: string, now: number): Tasklet {
  const { plan, task, options } = submission
  const notBefore = toNotBefore(options, now)
  const dependencies = toDependencies(options.dependsOn, submission.resolve)
  const waiting = notBefore === undefined ? 'pending' : 'scheduled'
  return {
    ...FRESH,
    id,
    plan: plan.name,
    task: task.name,
    planVersion: plan.version,
    queue: options.queue ?? task.queue ?? DEFAULT_QUEUE,
    priority: toPriority(options.priority ?? task.priority ?? DEFAULT_PRIORITY),
    status: dependencies.length > 0 ? 'blocked' : waiting,
    input: parseInput(task.input, submission.input, `${plan.name}/${task.name}`),
    initialContext: options.initialContext,
    maxAttempts: toAttempts(options.retry?.attempts ?? task.retry.attempts),
    backoff: toBackoff(options.retry?.backoff),
    notBefore,
    timeout: toOptionalDuration('timeout', options.timeout),
    timeouts: toTimeouts(options),
    requires: submission.requires ?? task.requires,
    dependencies,
    onDependencyFailure: toPolicy(options.onDependencyFailure),
    expiresAt: toExpiry(options.expiresAfter ?? task.expiresAfter, now),
    group: toOptionalText('group', options.group),
    unique: toUniqueness(options, now),
    idempotencyKey: toOptionalText('idempotencyKey', options.idempotencyKey),
    tags: options.tags === undefined ? task.tags : toTags(options.tags),
    source: options.source === undefined ? submission.source : toSource(options.source),
    event: submission.event,
    ...toTrace(options),
    estimatedDuration: toOptionalDuration('estimatedDuration', options.estimatedDuration),
    createdAt: now,
    updatedAt: now,
  }
}

/** What no new record has yet. */
export const FRESH = {
  sequence: 0,
  output: undefined,
  error: undefined,
  trail: undefined,
  attempts: 0,
  deliveries: 0,
  failures: [],
  deadline: undefined,
  interruptions: 0,
  replayOf: undefined,
  replayedBy: undefined,
  parentId: undefined,
  actualDuration: undefined,
  startedAt: undefined,
  settledAt: undefined,
  lease: undefined,
  cancelRequested: undefined,
} as const

const DEFAULT_QUEUE = 'main'
const DEFAULT_PRIORITY = 500
const POLICIES: readonly DependencyPolicy[] = ['fail', 'cancel', 'run']
const SOURCES: readonly Source[] = [
  'api',
  'manual',
  'schedule',
  'event',
  'interrupt',
  'transition',
  'step',
]

function toPolicy(policy: DependencyPolicy | undefined): DependencyPolicy {
  return policy === undefined ? 'fail' : toChoice('onDependencyFailure', policy, POLICIES)
}

function toSource(source: Source): Source {
  return toChoice('source', source, SOURCES)
}

function toTags(tags: readonly string[]): readonly string[] {
  return tags.map((tag) => toText('tags', tag))
}

function toBackoff(backoff: Backoff | undefined): Backoff | undefined {
  if (backoff === undefined) return undefined
  toChoice('retry.backoff.type', backoff.type, ['fixed', 'exponential'])
  const { jitter = 0 } = backoff
  if (!(jitter >= 0 && jitter <= 1)) {
    throw new InputError(`retry.backoff.jitter must be a number from 0 to 1, not ${jitter}`)
  }
  toDuration('retry.backoff.delay', backoff.delay)
  toOptionalDuration('retry.backoff.max', backoff.max)
  return backoff
}

function toExpiry(expiresAfter: Duration | undefined, now: number): number | undefined {
  return expiresAfter === undefined ? undefined : now + toDuration('expiresAfter', expiresAfter)
}

function toTimeouts(options: SubmitOptions): Tasklet['timeouts'] {
  const acquire = toOptionalDuration('acquireTimeout', options.acquireTimeout)
  const prepare = toOptionalDuration('prepareTimeout', options.prepareTimeout)
  if (acquire === undefined && prepare === undefined) return undefined
  return { ...(acquire !== undefined && { acquire }), ...(prepare !== undefined && { prepare }) }
}

function toAttempts(attempts: number): number {
  if (Number.isInteger(attempts) && attempts >= 1) return attempts
  throw new InputError(`retry.attempts must be an integer ≥ 1, not ${attempts}`)
}

function toNotBefore(options: SubmitOptions, now: number): number | undefined {
  const { delay, runAt, debounce } = options
  if (delay === undefined && runAt === undefined && debounce === undefined) return undefined
  const given = (['delay', 'runAt', 'debounce'] as const).filter(
    (name) => options[name] !== undefined,
  )
  if (given.length > 1) throw new InputError(`give only one of ${given.join(' and ')}`)
  const at = toTime(options, now)
  if (!Number.isFinite(at)) throw new InputError('runAt is not a valid time')
  return at > now ? at : undefined
}

function toTime({ delay, runAt, debounce }: SubmitOptions, now: number): number {
  if (delay !== undefined) return now + toDuration('delay', delay)
  if (debounce !== undefined) return now + toDuration('debounce.period', debounce.period)
  return Number(runAt)
}

function parseInput(schema: ZodType | undefined, input: unknown, task: string): unknown {
  if (schema === undefined) return input
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw new InputError(`the input of ${task} is not valid: ${problemsOf(parsed.error)}`)
}
