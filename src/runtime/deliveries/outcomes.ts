import { backoffDelay } from '../../core/backoff.ts'
import { classNames } from '../../core/class-names.ts'
import { toMilliseconds } from '../../core/duration.ts'
import { type ErrorRecord, FatalError, RetryLater, toErrorRecord } from '../../core/errors.ts'
import type { Settings } from '../options/options.ts'
import { withStep } from '../steps/failed-step.ts'
import type { Delivery, Outcome, StopReason } from './delivery.ts'
import { Passivation } from './passivation.ts'
import { Refusal } from './refusal.ts'

/** What outcomes depend on besides the delivery; injected so that a run can be repeated. */
export interface OutcomeRules {
  now(): number
  random(): number
  /** How often an interrupt may send a tasklet back before it fails; 10 when not given. */
  readonly maxInterruptions?: number
}

const MAX_INTERRUPTIONS = 10

export function toOutcomeRules({ clock, random, maxInterruptions }: Settings): OutcomeRules {
  return { now: () => clock.now(), random, maxInterruptions }
}

export function completed(delivery: Delivery, output: unknown): Outcome {
  return { status: 'completed', output, attempts: delivery.tasklet.attempts }
}

/** The delivery ends for good, without spending an attempt: trying again would not help. */
export function refused(delivery: Delivery, error: ErrorRecord): Outcome {
  return { status: 'failed', error, attempts: delivery.tasklet.attempts }
}

/** The world could not be prepared: final, unless the task wants that tried again like a failure. */
export function unprepared(rules: OutcomeRules, delivery: Delivery, error: ErrorRecord): Outcome {
  if (delivery.task?.retry.onPlanning === true) return failedAttempt(rules, delivery, error)
  return refused(delivery, error)
}

/** What a handler threw decides: later again, for good, or a retry while attempts are left. */
export function threw(rules: OutcomeRules, delivery: Delivery, thrown: unknown): Outcome {
  if (thrown instanceof Passivation) return passivated(delivery, thrown)
  if (thrown instanceof Refusal) return refused(delivery, thrown.record)
  const error = withStep(toErrorRecord('error', thrown), thrown)
  if (thrown instanceof RetryLater) return later(rules, delivery, thrown)
  if (thrown instanceof FatalError || isExcepted(delivery, thrown)) {
    return { status: 'failed', error, attempts: delivery.tasklet.attempts + 1 }
  }
  return failedAttempt(rules, delivery, error)
}

/** The attempt goes on when the wait is over. */
function passivated({ tasklet: { attempts } }: Delivery, { notBefore }: Passivation): Outcome {
  return { status: 'scheduled', notBefore, attempts }
}

/** Asked for by the handler, so it spends no attempt, unless the time it names is none. */
function later(rules: OutcomeRules, delivery: Delivery, thrown: RetryLater): Outcome {
  try {
    const notBefore = rules.now() + toMilliseconds(thrown.after)
    const error = toErrorRecord('error', thrown)
    return { status: 'retrying', error, notBefore, attempts: delivery.tasklet.attempts }
  } catch (invalid) {
    return failedAttempt(rules, delivery, toErrorRecord('error', invalid))
  }
}

/** How a delivery ends that was told to stop, whatever its handler made of it. */
export function stopped(rules: OutcomeRules, delivery: Delivery, reason: StopReason): Outcome {
  const { attempts } = delivery.tasklet
  switch (reason.kind) {
    case 'cancelled':
      return {
        status: 'cancelled',
        error: { kind: 'cancelled', message: reason.message },
        attempts,
      }
    case 'timeout':
      return failedAttempt(rules, delivery, { kind: 'timeout', message: reason.message })
    case 'acquire-timeout':
    case 'expired':
      return refused(delivery, { kind: reason.kind, message: reason.message })
    case 'interrupted':
      return interrupted(rules, delivery)
    case 'returned':
    case 'lease-lost':
      return { status: 'pending', attempts }
  }
}

/** Back to the queue, but not for ever: work that is always in the way has to show. */
function interrupted(rules: OutcomeRules, { tasklet }: Delivery): Outcome {
  const { attempts, interruptions } = tasklet
  const most = rules.maxInterruptions ?? MAX_INTERRUPTIONS
  if (interruptions < most) return { status: 'pending', attempts, interrupted: true }
  const times = interruptions === 1 ? 'once' : `${interruptions} times`
  const message = `was interrupted ${times} before and now again; more than ${most} are not allowed`
  return { status: 'failed', error: { kind: 'error', message }, attempts }
}

function isExcepted({ task }: Delivery, thrown: unknown): boolean {
  const except = task?.retry.except ?? []
  return except.length > 0 && classNames(thrown).some((name) => except.includes(name))
}

function failedAttempt(rules: OutcomeRules, delivery: Delivery, error: ErrorRecord): Outcome {
  const attempts = delivery.tasklet.attempts + 1
  const { task, tasklet } = delivery
  if (task === undefined || attempts >= tasklet.maxAttempts) {
    return { status: 'failed', error, attempts }
  }
  const delay = backoffDelay(tasklet.backoff ?? task.retry.backoff, attempts, rules.random)
  return { status: 'retrying', error, notBefore: rules.now() + delay, attempts }
}
