import type { InputError } from '../core/errors.ts'
import type { Histogram } from '../core/histogram.ts'
import type { Ageing } from '../core/priority.ts'
import type { Status } from '../core/status.ts'
import type { PhaseDeadline, Tasklet } from '../core/tasklet.ts'

export type InsertOutcome =
  | { readonly created: true; readonly tasklet: Tasklet }
  | {
      readonly created: false
      /** The earlier record, as it is now. */
      readonly tasklet: Tasklet
      readonly reason: DuplicateReason
    }

/** `replaced`: the earlier record was given what the later submission brought. */
export type DuplicateReason = 'idempotency-key' | 'unique' | 'replaced' | 'replayed'

export interface InsertOptions {
  /** Room by queue: how many tasklets may wait in it (blocked, scheduled, pending, retrying). */
  readonly maxSizes?: Readonly<Record<string, number>> | undefined
}

/** At most `count` starts in any window of `per` milliseconds. */
export interface RateLimit {
  /** Names the window; limits with the same key share it, across processes. */
  readonly key: string
  /** Full names of the tasks that it holds for. */
  readonly tasks: readonly string[]
  /** A window for each group instead of one for all. */
  readonly perGroup: boolean
  readonly count: number
  readonly per: number
}

export interface ClaimRequest {
  readonly queue: string
  readonly owner: string
  readonly limit: number
  readonly now: number
  readonly leaseUntil: number
  /** Full task names whose tasklets cannot run now; selection looks past them. */
  readonly skipTasks: readonly string[]
  /** Only these tasks, by full name; undefined: all. */
  readonly onlyTasks?: readonly string[] | undefined
  /** Only these tasklets; undefined: all. Those that cannot be leased now are passed over. */
  readonly ids?: readonly string[] | undefined
  readonly ageing?: Ageing | undefined
  /**
   * The most that this one call leases of a task, by full task name: what could be granted at once.
   * More would only wait in this process. Where it is not given there is no such bound.
   */
  readonly taskLimits?: Readonly<Record<string, number>> | undefined
  /** Running tasklets that one group of a task may have at once, by full task name. */
  readonly groupLimits?: Readonly<Record<string, number>> | undefined
  readonly rateLimits?: readonly RateLimit[] | undefined
  /**
   * Deliveries lost since the last settlement (at least one) that make the next one a tasklet's last
   * before it is poison. Of those that have lost so many, in all queues, a claim leases at most one,
   * and that only while no other is running: so what ends its process takes none of them with it.
   * Not given: they run side by side.
   */
  readonly lastDelivery?: number | undefined
  /** The plans that this process has loaded. Tasklets of others are left for those who know them. */
  readonly knownPlans: readonly string[]
}

export type SettleOutcome =
  | {
      readonly accepted: true
      readonly tasklet: Tasklet
      /** Records whose status changed because of it: dependents that may run now, or that end too. */
      readonly changed: readonly Tasklet[]
    }
  /**
   * Nothing was changed. Without `error` the lease had ended, and `holder` is who has it now, if
   * anyone. With `error` the output is no JSON value: the lease still stands, and its holder can
   * settle again without that output.
   */
  | {
      readonly accepted: false
      readonly holder: string | undefined
      readonly error?: InputError | undefined
    }

export interface LeaseRef {
  readonly id: string
  readonly token: number
  /** Noted in the record when given; without it, what was noted stays. */
  readonly deadline?: PhaseDeadline | undefined
}

/** The result of one `step` of a handler, which is not run again on redelivery. */
export interface StepRecord {
  readonly name: string
  readonly output: unknown
  readonly at: number
}

/** Something small that the runtime keeps beside the records: a belief, learned costs, a cooldown. */
export interface Fact {
  readonly kind: string
  readonly key: string
  /** As JSON keeps it; undefined: there is no such fact. */
  readonly value: unknown
  /** Counts the writes; 1 for the first. A fact that was removed begins anew. */
  readonly version: number
}

export interface Renewal {
  /** Ids whose lease is no longer held under the given token. */
  readonly lost: readonly string[]
  /** Running tasklets that somebody asked to stop. */
  readonly cancelled: readonly { readonly id: string; readonly reason: string }[]
}

export interface RescueRequest {
  readonly now: number
  /** Owners known to be dead: their leases end at once, whatever time they had left. */
  readonly deadOwners: readonly string[]
  /** A tasklet started this often since its last settlement, if any, fails with kind `poison`. */
  readonly maxDeliveries: number
}

export interface ListFilter {
  readonly status?: readonly Status[] | undefined
  readonly plan?: string | undefined
  /** The name of the task without its plan. */
  readonly task?: string | undefined
  readonly queue?: string | undefined
  readonly tag?: string | undefined
  /** Words that must occur in input, error or tags; a trailing `*` matches beginnings. */
  readonly text?: string | undefined
  readonly group?: string | undefined
  /** True: only dead letters that were replayed; false: only those that were not. */
  readonly replayed?: boolean | undefined
  /** Created at or after this time. */
  readonly since?: number | undefined
  /** Settled at or after this time; what is not settled is left out. */
  readonly settledSince?: number | undefined
  /** An integer ≥ 1. */
  readonly limit: number
  /** From the page before, with the same filter. */
  readonly cursor?: string | undefined
}

export interface Page<T> {
  readonly items: readonly T[]
  /** Present when there is more; pass it back to go on. */
  readonly cursor?: string | undefined
}

export type CancelOutcome = 'cancelled' | 'requested' | 'settled' | 'missing'

export interface Cancellation {
  readonly outcome: CancelOutcome
  /** Records whose status changed: the tasklet itself, and dependents. */
  readonly changed: readonly Tasklet[]
}

export interface Advance {
  /** Distinct queues in which tasklets became ready. */
  readonly queues: readonly string[]
  /** Tasklets that expired, and their dependents. */
  readonly changed: readonly Tasklet[]
}

/** The waiting order of a queue. */
export interface QueueOrder {
  /** Pending tasklets, first to run first. */
  readonly ids: readonly string[]
  /** Changes whenever the order or its members do. */
  readonly version: string
}

export interface QueueInfo {
  readonly queue: string
  readonly paused: boolean
  readonly counts: Readonly<Record<Status, number>>
  /** When the oldest pending tasklet was created. */
  readonly oldestPending: number | undefined
}

/** What happened in one queue within one minute. */
export interface Tally {
  readonly queue: string
  /** Start of the minute, milliseconds since the epoch. */
  readonly minute: number
  readonly submitted: number
  readonly completed: number
  readonly failed: number
  readonly cancelled: number
  readonly retried: number
  /** Leases that ended without a settlement. */
  readonly leasesExpired: number
  /** Milliseconds from being ready to start, and from start to settlement, as histograms. */
  readonly waits: Histogram
  readonly runs: Histogram
}

export interface SweepRequest {
  /** Completed and cancelled records settled before this time go. */
  readonly settledBefore: number
  /** Dead letters settled before this time go. */
  readonly failedBefore: number
  /** The most completed and cancelled records that stay, newest first. */
  readonly keep: number
  /** The most records that one call removes, so that it never takes long. */
  readonly limit: number
}
