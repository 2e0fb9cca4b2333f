import { isFinal } from '../../core/status.ts'
import { fullTaskName, type Tasklet } from '../../core/tasklet.ts'
import { idempotencyKeyOf, uniqueKeyOf } from '../admission.ts'
import { toBody, toResult } from './bodies.ts'
import { hashOf, STATUS_CODES, toGroupKey, toLane } from './codes.ts'
import type { GivenColumns } from './dialect.ts'
import type { SqlParameter } from './session.ts'

/** The columns of a new record, as `given` takes them. */
export const NEW_COLUMNS = {
  sequence: 'bigint',
  id: 'name',
  plan: 'name',
  task: 'name',
  queue: 'name',
  grp: 'name',
  lane: 'hash',
  status: 'bigint',
  priority: 'bigint',
  attempts: 'bigint',
  max_attempts: 'bigint',
  deliveries: 'bigint',
  not_before: 'double',
  expires_at: 'double',
  created_at: 'double',
  updated_at: 'double',
  started_at: 'double',
  settled_at: 'double',
  actual_duration: 'double',
  idempotency: 'hash',
  uniqueness: 'hash',
  cancel_requested: 'text',
  replayed: 'bigint',
  dependents: 'bigint',
  body: 'text',
  result: 'text',
} as const satisfies GivenColumns

export type NewCells = Readonly<Record<keyof typeof NEW_COLUMNS, SqlParameter | undefined>>

/** What is undefined here is NULL there: JSON leaves it out. */
export function toNewCells(tasklet: Tasklet, hasDependents: boolean): NewCells {
  const { idempotencyKey, group } = tasklet
  return {
    sequence: tasklet.sequence,
    id: tasklet.id,
    plan: tasklet.plan,
    task: tasklet.task,
    queue: tasklet.queue,
    grp: toGroupKey(group),
    lane: toLane(fullTaskName(tasklet), group),
    status: STATUS_CODES[tasklet.status],
    priority: tasklet.priority,
    attempts: tasklet.attempts,
    max_attempts: tasklet.maxAttempts,
    deliveries: tasklet.deliveries,
    not_before: tasklet.notBefore,
    expires_at: tasklet.expiresAt,
    created_at: tasklet.createdAt,
    updated_at: tasklet.updatedAt,
    started_at: tasklet.startedAt,
    settled_at: tasklet.settledAt,
    actual_duration: tasklet.actualDuration,
    idempotency: idempotencyKey === undefined ? undefined : hashOf(idempotencyKeyOf(tasklet)),
    uniqueness: toUniqueness(tasklet),
    cancel_requested: JSON.stringify(tasklet.cancelRequested),
    replayed: tasklet.replayedBy === undefined ? 0 : 1,
    dependents: hasDependents ? 1 : 0,
    body: toBody(tasklet),
    result: toResult(tasklet),
  }
}

/** The columns of a record that has changed; `was` and `token` say how it has to stand before. */
export const CHANGED_COLUMNS = {
  sequence: 'bigint',
  was: 'bigint',
  token: 'bigint',
  status: 'bigint',
  priority: 'bigint',
  attempts: 'bigint',
  lost: 'bigint',
  not_before: 'double',
  expires_at: 'double',
  updated_at: 'double',
  settled_at: 'double',
  actual_duration: 'double',
  uniqueness: 'hash',
  cancel_requested: 'text',
  deadline: 'text',
  replayed: 'bigint',
  body: 'text',
  result: 'text',
  reworded: 'bigint',
} as const satisfies GivenColumns

export type ChangedCells = Readonly<Record<keyof typeof CHANGED_COLUMNS, SqlParameter | undefined>>

/** Leases are written by claims and renewals: any other change leaves them or ends them. */
export function toChangedCells(previous: Tasklet, next: Tasklet, lost: number): ChangedCells {
  const isReplaced =
    previous.input !== next.input || previous.initialContext !== next.initialContext
  return {
    sequence: next.sequence,
    was: STATUS_CODES[previous.status],
    token: previous.deliveries,
    status: STATUS_CODES[next.status],
    priority: next.priority,
    attempts: next.attempts,
    lost,
    not_before: next.notBefore,
    expires_at: next.expiresAt,
    updated_at: next.updatedAt,
    settled_at: next.settledAt,
    actual_duration: next.actualDuration,
    uniqueness: toUniqueness(next),
    cancel_requested: JSON.stringify(next.cancelRequested),
    deadline: JSON.stringify(next.deadline),
    replayed: next.replayedBy === undefined ? 0 : 1,
    // NULL leaves it as it is.
    body: isReplaced ? toBody(next) : undefined,
    result: toResult(next),
    reworded: isReplaced || previous.error !== next.error ? 1 : 0,
  }
}

/** Of records whose key is free when they end, the index holds only those that have not ended. */
function toUniqueness(tasklet: Tasklet): string | undefined {
  const { unique, status } = tasklet
  if (unique === undefined || (unique.until === undefined && isFinal(status))) return undefined
  return hashOf(uniqueKeyOf(tasklet))
}
