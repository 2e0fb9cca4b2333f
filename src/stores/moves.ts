import { type ErrorRecord, InputError, StoreError } from '../core/errors.ts'
import { toJson } from '../core/json.ts'
import { toPriority } from '../core/priority.ts'
import { isFinal, mayMove, type Status } from '../core/status.ts'
import type { Settlement, Tasklet } from '../core/tasklet.ts'
import type { ClaimRequest, LeaseRef, RescueRequest } from '../ports/store-messages.ts'

// What each operation of the port does to one record. Engines decide which records, and keep them.

/**
 * The record as it enters the store, its values copied.
 * @throws {InputError} for a value that JSON cannot hold, a bad priority, a missing `notBefore` or
 * a failure without an error.
 * @throws {StoreError} `store_illegal_move` when a record cannot begin with its status.
 */
export function toAdmitted(tasklet: Tasklet, sequence: number): Tasklet {
  const { id, status, notBefore } = tasklet
  requireBeginning(tasklet)
  if (status === 'scheduled') requireTime(id, notBefore)
  if (tasklet.dependencies.length > 0 && status !== 'blocked') {
    throw new InputError(`tasklet ${id} has dependencies but begins as ${status}, not as blocked`)
  }
  toPriority(tasklet.priority)
  return {
    ...tasklet,
    sequence,
    input: toJson(tasklet.input, 'input'),
    initialContext: toJson(tasklet.initialContext, 'initialContext'),
    output: toJson(tasklet.output, 'output'),
    event: toJsonEvent(tasklet.event),
    lease: undefined,
    deadline: undefined,
    settledAt: status === 'failed' ? tasklet.createdAt : tasklet.settledAt,
  }
}

/** Whether a record may begin so: waiting, or failed when it could not be read. */
function requireBeginning({ id, status, error }: Tasklet): void {
  if (status === 'failed') {
    if (error !== undefined) return
    throw new InputError(
      `tasklet ${id} begins as failed but has no error: say what is wrong with it`,
    )
  }
  if (isWaiting(status) && status !== 'retrying') return
  throw new StoreError(
    'illegal_move',
    `tasklet ${id} cannot begin as ${status}: a new record is blocked, scheduled or pending, or failed with its error`,
  )
}

/** The event, its data copied. */
export function toJsonEvent(event: Tasklet['event']): Tasklet['event'] {
  if (event === undefined) return undefined
  const { name, at, data, lineage } = event
  const copied = { name, at, data: toJson(data, 'event.data') }
  if (lineage === undefined) return copied
  return { ...copied, lineage: { ...lineage, triggers: [...lineage.triggers] } }
}

/** Deliveries never go down, so the count of them is the fencing token. */
export function toClaimed(tasklet: Tasklet, { owner, leaseUntil, now }: ClaimRequest): Tasklet {
  requireMove(tasklet, 'running')
  const token = tasklet.deliveries + 1
  return {
    ...tasklet,
    status: 'running',
    deliveries: token,
    lease: { owner, token, until: leaseUntil },
    startedAt: now,
    updatedAt: now,
  }
}

export function duplicateId(id: string): StoreError {
  return new StoreError(
    'duplicate_id',
    `tasklet ${id} is stored already: give every record its own id`,
  )
}

export function holds(tasklet: Tasklet, token: number): boolean {
  return tasklet.status === 'running' && tasklet.lease?.token === token
}

/**
 * Checks what no lease or record can make right.
 * @throws {StoreError} `store_illegal_move`
 * @throws {InputError} for a retry without a time.
 */
export function requireSettlement({ id, status, notBefore }: Settlement): void {
  if (!mayMove('running', status)) throw illegalMove(id, 'running', status)
  if (status === 'retrying' || status === 'scheduled') requireTime(id, notBefore)
}

/** @throws {InputError} for a deadline that is no time. */
export function requireLease({ id, deadline }: LeaseRef): void {
  if (deadline === undefined || Number.isFinite(deadline.at)) return
  throw new InputError(
    `the deadline of tasklet ${id} is ${deadline.at}: give it milliseconds since the epoch, or leave it out`,
  )
}

/** For a settlement that `requireSettlement` has passed; `output` is its output, copied. */
export function toSettled(tasklet: Tasklet, settlement: Settlement, output: unknown): Tasklet {
  const { at, attempts, trail, actualDuration } = settlement
  const reason = isFinal(settlement.status) ? undefined : tasklet.cancelRequested
  const status = reason === undefined ? settlement.status : 'cancelled'
  const isInterrupted = status === 'pending' && settlement.interrupted === true
  return {
    ...tasklet,
    status,
    attempts,
    failures: withFailure(tasklet, settlement),
    output,
    error: reason === undefined ? settlement.error : cancelError(reason),
    trail,
    actualDuration,
    interruptions: tasklet.interruptions + (isInterrupted ? 1 : 0),
    lease: undefined,
    deadline: undefined,
    notBefore: status === 'retrying' || status === 'scheduled' ? settlement.notBefore : undefined,
    // It was started in time, and what it waits for now is its own affair.
    expiresAt: status === 'scheduled' ? undefined : tasklet.expiresAt,
    updatedAt: at,
    settledAt: isFinal(status) ? at : undefined,
  }
}

/** A delivery that spent an attempt and has an error is one more failed attempt. */
function withFailure(tasklet: Tasklet, { attempts, at, error }: Settlement) {
  if (error === undefined || attempts <= tasklet.attempts) return tasklet.failures
  return [...tasklet.failures, { attempt: attempts, at, error }]
}

/** `lost` counts the deliveries since the last settlement that ended without one, this included. */
export function toRescued(tasklet: Tasklet, request: RescueRequest, lost: number): Tasklet {
  const { now, maxDeliveries } = request
  if (tasklet.cancelRequested !== undefined) {
    return toCancelled(tasklet, cancelError(tasklet.cancelRequested), now)
  }
  if (lost < maxDeliveries) return toPending(tasklet, now)
  const message = `started ${lost} times without any settlement: it seems to end its process`
  return toFinal(tasklet, 'failed', { kind: 'poison', message }, now)
}

/** It keeps its deadline, which a settlement has taken away and a loss has not. */
export function toPending(tasklet: Tasklet, now: number): Tasklet {
  requireMove(tasklet, 'pending')
  return { ...tasklet, status: 'pending', lease: undefined, notBefore: undefined, updatedAt: now }
}

/** A blocked record that has nothing left to wait for but perhaps its time. */
export function toReleased(tasklet: Tasklet, now: number): Tasklet {
  const { notBefore } = tasklet
  if (notBefore === undefined || notBefore <= now) return toPending(tasklet, now)
  requireMove(tasklet, 'scheduled')
  return { ...tasklet, status: 'scheduled', updatedAt: now }
}

export function hasExpired(tasklet: Tasklet, now: number): boolean {
  return tasklet.expiresAt !== undefined && tasklet.expiresAt <= now
}

export function toExpired(tasklet: Tasklet, now: number): Tasklet {
  const message = `it was not started before ${new Date(tasklet.expiresAt ?? now).toISOString()}`
  return toFinal(tasklet, 'failed', { kind: 'expired', message }, now)
}

/**
 * Since when a pending record could run. Whatever leaves it pending (a new priority, place or
 * input) leaves its `updatedAt` alone, so that is when it became pending.
 */
export function readySince(pending: Tasklet): number {
  return pending.updatedAt
}

/** Waiting records count against the size of their queue; they can be cancelled at once. */
export function isWaiting(status: Status): boolean {
  return status !== 'running' && !isFinal(status)
}

/** @throws {StoreError} `store_conflict` unless the record waits. */
export function toPrioritised(tasklet: Tasklet, priority: number): Tasklet {
  toPriority(priority)
  if (isWaiting(tasklet.status)) return { ...tasklet, priority }
  throw new StoreError(
    'conflict',
    `tasklet ${tasklet.id} is ${tasklet.status}: only the priority of a waiting one can change`,
  )
}

export function missing(id: string): InputError {
  return new InputError(`there is no tasklet ${id}`)
}

/** Notes the wish on a running record. The first reason stands. */
export function withCancelRequest(tasklet: Tasklet, reason: string, now: number): Tasklet {
  return { ...tasklet, cancelRequested: tasklet.cancelRequested ?? reason, updatedAt: now }
}

export function toCancelled(tasklet: Tasklet, error: ErrorRecord, now: number): Tasklet {
  return toFinal(tasklet, 'cancelled', error, now)
}

export function toFinal(
  tasklet: Tasklet,
  status: Status,
  error: ErrorRecord,
  now: number,
): Tasklet {
  requireMove(tasklet, status)
  return {
    ...tasklet,
    status,
    error,
    lease: undefined,
    deadline: undefined,
    notBefore: undefined,
    updatedAt: now,
    settledAt: now,
  }
}

function cancelError(reason: string): ErrorRecord {
  return { kind: 'cancelled', message: reason }
}

function requireMove(tasklet: Tasklet, to: Status): void {
  if (!mayMove(tasklet.status, to)) throw illegalMove(tasklet.id, tasklet.status, to)
}

function illegalMove(id: string, from: Status, to: Status): StoreError {
  return new StoreError('illegal_move', `tasklet ${id} cannot move from ${from} to ${to}`)
}

function requireTime(id: string, notBefore: number | undefined): void {
  if (notBefore !== undefined && Number.isFinite(notBefore)) return
  throw new InputError(`tasklet ${id} waits for a time but has none: give it a notBefore`)
}
