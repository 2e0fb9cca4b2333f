import type { ErrorRecord, InputError } from '../core/errors.ts'
import type { Status } from '../core/status.ts'
import type { Settlement, Tasklet } from '../core/tasklet.ts'

export type InsertOutcome =
  | { readonly created: true; readonly tasklet: Tasklet }
  | { readonly created: false; readonly tasklet: Tasklet; readonly reason: 'idempotency-key' }

export interface ClaimRequest {
  readonly queue: string
  readonly owner: string
  readonly limit: number
  readonly now: number
  readonly leaseUntil: number
  /** Full task names whose tasklets cannot run now; selection looks past them. */
  readonly skipTasks: readonly string[]
  /** The plans that this process has loaded. Tasklets of others are left for those who know them. */
  readonly knownPlans: readonly string[]
}

export type SettleOutcome =
  | { readonly accepted: true; readonly tasklet: Tasklet }
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
  /** Created at or after this time. */
  readonly since?: number | undefined
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

/**
 * Where the truth is kept. Every method is atomic: it happens wholly or not at all, and what it
 * returned has happened. Statuses move only along `LEGAL_MOVES`; anything else rejects with a
 * StoreError (code `store_illegal_move`) and changes nothing. A lease is held by (id, token), and a
 * settlement or renewal under any other token changes nothing. A lease stands until it is rescued,
 * settled or cancelled, even past its end.
 *
 * Values (input, initial context, output) are kept as JSON keeps them: a date becomes its text,
 * a property that is undefined goes; undefined itself and null stay different. Circular values,
 * bigints, functions, symbols, maps and sets are refused with an InputError that names the place.
 * Nobody can change what is stored through a value that was given or handed out.
 *
 * Only `open` may be called while the store is not open; every other call rejects with StoreError
 * (`store_closed`).
 */
export interface Store {
  readonly name: string
  /** Opens and migrates. Rejects with StoreError (`store_open`) that says what to do. */
  open(): Promise<void>
  /** Finishes what was asked for and lets go of everything. Closing twice does nothing. */
  close(): Promise<void>

  /**
   * Stores new records, all or none, and gives each its `sequence` in the given order. Resolved
   * means durable (as far as the engine promises). A record whose (plan, task, idempotencyKey) is
   * taken is not stored; its outcome holds the first one. A new record is `blocked`, `scheduled`
   * (with a `notBefore`) or `pending`; a taken id rejects with StoreError (`store_duplicate_id`).
   */
  insert(tasklets: readonly Tasklet[]): Promise<readonly InsertOutcome[]>

  /**
   * Leases up to `limit` pending tasklets of one queue in the order (priority, sequence), sets them
   * running with a new token, counts the delivery and notes its start (`startedAt`).
   */
  claim(request: ClaimRequest): Promise<readonly Tasklet[]>

  /**
   * Ends deliveries. Outcomes stand in the order of the settlements. `retrying` needs a
   * `notBefore`. A tasklet that was asked to stop and would wait again (`retrying`, `pending`) is
   * `cancelled` instead, so the wish is not lost.
   */
  settle(settlements: readonly Settlement[]): Promise<readonly SettleOutcome[]>

  /** Sets the end of leases and reports those that are lost or asked to stop. */
  renew(leases: readonly LeaseRef[], until: number): Promise<Renewal>

  /**
   * Ends leases that have run out (`until` ≤ `now`) or whose owner is dead: back to `pending`,
   * `failed` with kind `poison`, or `cancelled` if that was asked for. Returns the records as they
   * are now.
   */
  rescue(request: RescueRequest): Promise<readonly Tasklet[]>

  /** The distinct owners of live leases. */
  owners(): Promise<readonly string[]>

  /**
   * Moves `scheduled` and `retrying` tasklets that are due (`notBefore` ≤ `now`) to `pending`, with
   * no `notBefore` any more; returns their distinct queues.
   */
  promote(now: number): Promise<readonly string[]>

  /** When the next `scheduled` or `retrying` tasklet or lease end is due. */
  nextDue(): Promise<number | undefined>

  /**
   * Cancels a tasklet that is not running (`cancelled`), or notes the wish on a running one
   * (`requested`, the message as reason; the first reason stands) for its holder to see.
   */
  cancel(id: string, error: ErrorRecord, now: number): Promise<CancelOutcome>

  get(id: string): Promise<Tasklet | undefined>
  /** Newest first. A cursor or limit that cannot be used rejects with InputError. */
  list(filter: ListFilter): Promise<Page<Tasklet>>
  /** How many tasklets have each status, in one queue or in all. */
  counts(queue?: string): Promise<Readonly<Record<Status, number>>>

  /** Calls the listener when another process may have changed the store. */
  onForeignChange(listener: () => void): () => void
}
