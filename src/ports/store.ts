import type { ErrorRecord } from '../core/errors.ts'
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
  /** The lease had ended; `holder` is who has it now, if anyone. Nothing was changed. */
  | { readonly accepted: false; readonly holder: string | undefined }

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
  /** A tasklet started this often without any settlement fails with kind `poison`. */
  readonly maxDeliveries: number
}

export interface ListFilter {
  readonly status?: readonly Status[] | undefined
  readonly plan?: string | undefined
  readonly task?: string | undefined
  readonly queue?: string | undefined
  readonly tag?: string | undefined
  /** Created at or after this time. */
  readonly since?: number | undefined
  readonly limit: number
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
 * settlement or renewal under any other token changes nothing.
 */
export interface Store {
  readonly name: string
  /** Opens and migrates. Rejects with StoreError (`store_open`) that says what to do. */
  open(): Promise<void>
  close(): Promise<void>

  /**
   * Stores new records, all or none, and gives each its `sequence` in the given order. Resolved
   * means durable (as far as the engine promises). A record whose (plan, task, idempotencyKey) is
   * taken is not stored; its outcome holds the first one.
   */
  insert(tasklets: readonly Tasklet[]): Promise<readonly InsertOutcome[]>

  /**
   * Leases up to `limit` pending tasklets of one queue in the order (priority, sequence), sets them
   * running with a new token and counts the delivery.
   */
  claim(request: ClaimRequest): Promise<readonly Tasklet[]>

  /** Ends deliveries. Outcomes stand in the order of the settlements. */
  settle(settlements: readonly Settlement[]): Promise<readonly SettleOutcome[]>

  /** Extends leases and reports those that are lost or asked to stop. */
  renew(leases: readonly LeaseRef[], until: number): Promise<Renewal>

  /**
   * Ends leases that have run out or whose owner is dead: back to `pending`, or `failed` with kind
   * `poison`. Returns the records as they are now.
   */
  rescue(request: RescueRequest): Promise<readonly Tasklet[]>

  /** The distinct owners of live leases. */
  owners(): Promise<readonly string[]>

  /** Moves `scheduled` and `retrying` tasklets that are due to `pending`; returns their queues. */
  promote(now: number): Promise<readonly string[]>

  /** When the next `scheduled` or `retrying` tasklet or lease end is due. */
  nextDue(): Promise<number | undefined>

  /**
   * Cancels a tasklet that is not running (`cancelled`), or notes the wish on a running one
   * (`requested`) for its holder to see.
   */
  cancel(id: string, error: ErrorRecord, now: number): Promise<CancelOutcome>

  get(id: string): Promise<Tasklet | undefined>
  /** Newest first. */
  list(filter: ListFilter): Promise<Page<Tasklet>>
  /** How many tasklets have each status, in one queue or in all. */
  counts(queue?: string): Promise<Readonly<Record<Status, number>>>

  /** Calls the listener when another process may have changed the store. */
  onForeignChange(listener: () => void): () => void
}
