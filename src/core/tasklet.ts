import type { ErrorRecord } from './errors.ts'
import type { SettledStatus, Status } from './status.ts'

export type Source = 'api' | 'manual' | 'schedule' | 'event' | 'interrupt' | 'transition' | 'step'

/** The time-limited right of one process to work on one tasklet. */
export interface Lease {
  readonly owner: string
  /** Fencing token: grows with every claim of the record, so a stale holder is recognised. */
  readonly token: number
  /** Milliseconds since the epoch. */
  readonly until: number
}

/** One edge of the world's machine that was tried while a tasklet was prepared. */
export interface TrailStep {
  readonly event: string
  readonly task: string
  readonly from: string
  readonly to: string
  readonly cost: number
  /** Milliseconds. */
  readonly duration: number
  readonly outcome: 'moved' | 'failed'
  /** Why the edge failed. */
  readonly message?: string | undefined
}

/** What preparation found and did: where the world was, and the edges that were tried. */
export interface Trail {
  readonly from: string | undefined
  readonly target: string
  readonly steps: readonly TrailStep[]
}

/**
 * One submitted run of a task: the durable record, the same for every source and every store.
 * Records are values: a store never changes one that it has handed out. Times are milliseconds
 * since the epoch, durations milliseconds.
 */
export interface Tasklet {
  readonly id: string
  readonly plan: string
  readonly task: string
  readonly planVersion: string
  readonly queue: string
  readonly priority: number
  /** Submission order, given by the store; equal priority runs in this order. */
  readonly sequence: number
  readonly status: Status
  readonly input: unknown
  readonly initialContext: unknown
  readonly output: unknown
  readonly error: ErrorRecord | undefined
  /** What the last preparation did to the world. */
  readonly trail: Trail | undefined
  /** Failures of the task so far. */
  readonly attempts: number
  readonly maxAttempts: number
  /** Starts so far, whether or not they were settled. */
  readonly deliveries: number
  /** Not leased before this time; for `scheduled` and `retrying`. */
  readonly notBefore: number | undefined
  readonly timeout: number | undefined
  readonly requires: readonly string[]
  readonly idempotencyKey: string | undefined
  readonly tags: readonly string[]
  readonly source: Source
  readonly parentId: string | undefined
  readonly traceId: string | undefined
  readonly estimatedDuration: number | undefined
  readonly actualDuration: number | undefined
  readonly createdAt: number
  readonly updatedAt: number
  readonly startedAt: number | undefined
  readonly settledAt: number | undefined
  readonly lease: Lease | undefined
  /** The reason given when a running tasklet was asked to stop. */
  readonly cancelRequested: string | undefined
}

/** How a leased tasklet ends this delivery; valid only under its fencing token. */
export interface Settlement {
  readonly id: string
  readonly token: number
  readonly status: SettledStatus
  readonly at: number
  /** Failures of the task, this delivery included. */
  readonly attempts: number
  readonly output: unknown
  readonly error: ErrorRecord | undefined
  readonly trail: Trail | undefined
  /** For `retrying`. */
  readonly notBefore: number | undefined
  readonly actualDuration: number | undefined
}

/** `plan/task`, the name by which a task is submitted. */
export function fullTaskName(tasklet: Pick<Tasklet, 'plan' | 'task'>): string {
  return `${tasklet.plan}/${tasklet.task}`
}
