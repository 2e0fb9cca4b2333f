import type { Backoff } from './backoff.ts'
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

/** A failed attempt, as it is kept for the dead letters. */
export interface AttemptFailure {
  /** 1 for the first attempt. */
  readonly attempt: number
  readonly at: number
  readonly error: ErrorRecord
}

/** Another tasklet that has to be settled first, by the name it is known under here. */
export interface Dependency {
  readonly key: string
  readonly id: string
}

/**
 * What happens when a dependency fails or is cancelled: the dependent fails (kind `dependency`), is
 * cancelled, or runs all the same and is given the outcome.
 */
export type DependencyPolicy = 'fail' | 'cancel' | 'run'

/** At most one record of the task with this key. */
export interface Uniqueness {
  readonly key: string
  /** The key is taken until this time; undefined: while its record is not final. */
  readonly until: number | undefined
  /**
   * What a second submission does. `return`: nothing. `replace`: gives its input, context, priority
   * and `notBefore` to the first, as long as that has not started; afterwards nothing. `keep-last`:
   * as `replace`, but while the first runs one more may wait behind it, always the last submitted.
   */
  readonly onDuplicate: 'return' | 'replace' | 'keep-last'
}

/** What one event has to do with others. */
export interface Lineage {
  /** UUIDv7. */
  readonly id: string
  /** The same for everything that came of one first event: its id. */
  readonly correlationId: string
  /** The event that this one came of; undefined for a first one. */
  readonly causationId: string | undefined
  /** 0 for a first one. */
  readonly depth: number
  /** Full names of the schedules that fired on the way here. */
  readonly triggers: readonly string[]
}

/** The event that a tasklet was submitted for. */
export interface TriggeringEvent {
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly data: unknown
  /** Missing in records of older versions. */
  readonly lineage?: Lineage | undefined
}

/** When the phase that a tasklet is in has to be over, whoever works on it by then. */
export interface PhaseDeadline {
  readonly phase: 'acquiring' | 'preparing' | 'executing'
  /** Milliseconds since the epoch. */
  readonly at: number
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
  /** The wait between attempts, where it is not the task's own. */
  readonly backoff: Backoff | undefined
  /** Starts so far, whether or not they were settled. */
  readonly deliveries: number
  /** Not leased before this time; for `scheduled` and `retrying`. */
  readonly notBefore: number | undefined
  readonly timeout: number | undefined
  /** Limits of the phases before execution, where they are not the task's own. */
  readonly timeouts: { readonly acquire?: number; readonly prepare?: number } | undefined
  /**
   * Of the present attempt: noted under its lease, kept when the lease is lost, gone when the
   * attempt is settled. So a restart neither loses nor restarts the clock.
   */
  readonly deadline: PhaseDeadline | undefined
  readonly requires: readonly string[]
  /** Settled before this one may run; empty for most. */
  readonly dependencies: readonly Dependency[]
  readonly onDependencyFailure: DependencyPolicy
  /** Not started by then: it fails with kind `expired`. */
  readonly expiresAt: number | undefined
  /** Key for per-group concurrency and rate limits, and for a fair turn among groups. */
  readonly group: string | undefined
  readonly unique: Uniqueness | undefined
  /** Every failed attempt so far, oldest first. */
  readonly failures: readonly AttemptFailure[]
  /** The dead letter that this one runs again. */
  readonly replayOf: string | undefined
  /** The tasklet that runs this dead letter again; it is then no dead letter any more. */
  readonly replayedBy: string | undefined
  readonly idempotencyKey: string | undefined
  readonly tags: readonly string[]
  readonly source: Source
  readonly event: TriggeringEvent | undefined
  /** How often an interrupt has sent it back to its queue. */
  readonly interruptions: number
  readonly parentId: string | undefined
  /** The trace that it belongs to: 32 hexadecimal digits, or what its submitter called it. */
  readonly traceId: string | undefined
  /** Below which span of the trace its runs stand: a `traceparent` of W3C Trace Context. */
  readonly traceparent: string | undefined
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
  /** For `retrying` and `scheduled`. */
  readonly notBefore: number | undefined
  readonly actualDuration: number | undefined
  /** It goes back because an interrupt took its place: `interruptions` counts it. */
  readonly interrupted?: boolean | undefined
}

/** `plan/task`, the name by which a task is submitted. */
export function fullTaskName(tasklet: Pick<Tasklet, 'plan' | 'task'>): string {
  return `${tasklet.plan}/${tasklet.task}`
}
