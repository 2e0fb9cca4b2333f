import { backoffDelay } from '../core/backoff.ts'
import { toMilliseconds } from '../core/duration.ts'
import { type ErrorRecord, FatalError, RetryLater, toErrorRecord } from '../core/errors.ts'
import type { Delivery, Outcome, StopReason } from './delivery.ts'

/** What outcomes depend on besides the delivery; injected so that a run can be repeated. */
export interface OutcomeRules {
  now(): number
  random(): number
}

export function completed(delivery: Delivery, output: unknown): Outcome {
  return { status: 'completed', output, attempts: delivery.tasklet.attempts }
}

/** The delivery ends for good, without spending an attempt: trying again would not help. */
export function refused(delivery: Delivery, error: ErrorRecord): Outcome {
  return { status: 'failed', error, attempts: delivery.tasklet.attempts }
}

/** What a handler threw decides: later again, for good, or a retry while attempts are left. */
export function threw(rules: OutcomeRules, delivery: Delivery, thrown: unknown): Outcome {
  const error = toErrorRecord('error', thrown)
  if (thrown instanceof RetryLater) return later(rules, delivery, thrown)
  if (thrown instanceof FatalError) {
    return { status: 'failed', error, attempts: delivery.tasklet.attempts + 1 }
  }
  return failedAttempt(rules, delivery, error)
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
    case 'returned':
    case 'lease-lost':
      return { status: 'pending', attempts }
  }
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
