import type { ErrorRecord } from '../core/errors.ts'
import type { Status } from '../core/status.ts'
import type { Settlement, Tasklet } from '../core/tasklet.ts'
import type { Hold, HoldOutcome, HoldRequest, HoldRevision } from './holds.ts'
import type { OutboxEntry, OutboxKind, OutboxRequest } from './outbox.ts'
import type {
  Advance,
  Cancellation,
  ClaimRequest,
  Fact,
  InsertOptions,
  InsertOutcome,
  LeaseRef,
  ListFilter,
  Page,
  QueueInfo,
  QueueOrder,
  Renewal,
  RescueRequest,
  SettleOutcome,
  StepRecord,
  SweepRequest,
  Tally,
} from './store-messages.ts'

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
  /** Whether other processes may work with the same records. */
  readonly isShared: boolean
  /** Opens and migrates. Rejects with StoreError (`store_open`) that says what to do. */
  open(): Promise<void>
  /** Finishes what was asked for and lets go of everything. Closing twice does nothing. */
  close(): Promise<void>

  /**
   * Stores new records, all or none, and gives each its `sequence` in the given order. Resolved
   * means durable (as far as the engine promises). A record whose (plan, task, idempotencyKey) is
   * taken is not stored; its outcome holds the first one. A new record is `blocked`, `scheduled`
   * (with a `notBefore`) or `pending`; a taken id rejects with StoreError (`store_duplicate_id`).
   * What can never run, because it could not be read, begins as `failed` with its error.
   *
   * A record with dependencies is given as `blocked`; they may be earlier records of the same call.
   * An unknown one rejects with InputError. If all are settled already, or one has failed, the
   * record takes the status that follows at once. `unique` is looked up among records of the same
   * (plan, task), also those earlier in the call. `replayOf` must name a failed record, which is
   * marked `replayedBy`; one that was replayed already is answered with reason `replayed`.
   *
   * A queue beyond its `maxSizes` rejects the call with QueueFullError; records that turn out to be
   * duplicates take no room, and queue `interrupt` has no limit.
   */
  insert(tasklets: readonly Tasklet[], options?: InsertOptions): Promise<readonly InsertOutcome[]>

  /**
   * Leases up to `limit` pending tasklets of one queue in the order (priority, sequence), sets them
   * running with a new token, counts the delivery and notes its start (`startedAt`). Expired ones
   * and those of a paused queue are passed over. Among tasklets of equal (effective) priority, groups
   * of one task take turns: the group that was served longest ago comes first; those without a group
   * form one. Group and rate limits are counted in here, so they hold across processes.
   */
  claim(request: ClaimRequest): Promise<readonly Tasklet[]>

  /** What `claim` would lease now, in order; changes nothing. */
  candidates(request: ClaimRequest): Promise<readonly Tasklet[]>

  /**
   * When the first of the tasklets that nothing but the request's `rateLimits` keeps back may start,
   * if nothing else starts before; undefined when they keep none back. A queue that found nothing
   * sleeps until then, so it is asked once for each time that a limit holds work up.
   */
  nextStart(request: ClaimRequest): Promise<number | undefined>

  /**
   * Ends deliveries, and in the same transaction moves the dependents of those that are final: one
   * whose last dependency is settled becomes `pending` (or `scheduled`), one whose dependency failed
   * or was cancelled follows its `onDependencyFailure`, and so on down. Outcomes stand in the order of the settlements. `retrying` and
   * `scheduled` need a `notBefore`. A tasklet that was asked to stop and would wait again
   * (`retrying`, `scheduled`, `pending`) is `cancelled` instead, so the wish is not lost.
   *
   * `scheduled` passivates: the tasklet was started in time, so it expires no more, and it waits
   * until its time or until it is woken.
   */
  settle(settlements: readonly Settlement[]): Promise<readonly SettleOutcome[]>

  /**
   * Sets the end of leases, notes their deadlines, and reports those that are lost or asked to stop.
   */
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
   * no `notBefore` any more; fails waiting tasklets (blocked, scheduled, pending, retrying) that
   * have expired (`expiresAt` ≤ `now`) with kind `expired`.
   */
  advance(now: number): Promise<Advance>

  /**
   * Makes those of the tasklets that are `scheduled` `pending` at once, with no `notBefore` any more,
   * and leaves the others alone. Returns the records that changed.
   */
  wake(ids: readonly string[], now: number): Promise<readonly Tasklet[]>

  /**
   * When the next `scheduled` or `retrying` tasklet, expiry or lease end is due; a `notBefore` of
   * `NEVER` is never due.
   */
  nextDue(): Promise<number | undefined>

  /**
   * Cancels a tasklet that is not running (`cancelled`), or notes the wish on a running one
   * (`requested`, the message as reason; the first reason stands) for its holder to see.
   */
  cancel(id: string, error: ErrorRecord, now: number): Promise<Cancellation>

  /** Cancels everything that waits in the queue; returns the records that changed. */
  clear(queue: string, error: ErrorRecord, now: number): Promise<readonly Tasklet[]>

  /** A paused queue hands out nothing, in any process, until it is resumed. */
  setPaused(queue: string, paused: boolean): Promise<void>
  order(queue: string): Promise<QueueOrder>
  /**
   * Gives the pending tasklets of a queue this order: they exchange their places (priority and
   * rank), so everything else keeps its own. Rejects with StoreError (`store_conflict`) when the
   * version is not the present one, and with InputError when `ids` is not a permutation.
   */
  reorder(queue: string, ids: readonly string[], version: string): Promise<void>
  /**
   * Moves one pending tasklet to a position among the pending ones of its queue (0 is the front, a
   * large number the end); the others keep their order. It takes over the priority of its new place.
   */
  move(id: string, position: number): Promise<void>
  /** Changes the priority of a waiting tasklet; among equals it keeps its submission order. */
  setPriority(id: string, priority: number): Promise<void>

  get(id: string): Promise<Tasklet | undefined>
  /** Those that exist, in the order of the ids. */
  getMany(ids: readonly string[]): Promise<readonly Tasklet[]>
  /** Newest first. A cursor or limit that cannot be used rejects with InputError. */
  list(filter: ListFilter): Promise<Page<Tasklet>>
  /** How many tasklets have each status, in one queue or in all. */
  counts(queue?: string): Promise<Readonly<Record<Status, number>>>
  /** Every queue that has tasklets or was paused. */
  queues(): Promise<readonly QueueInfo[]>
  /** What happened since the given time, by queue and minute; kept for a day. */
  tallies(since: number): Promise<readonly Tally[]>
  /** Deletes final records; returns how many there were. Others are left alone. */
  remove(ids: readonly string[]): Promise<number>
  /** Removes old final records, never one that a waiting tasklet depends on; returns how many. */
  sweep(request: SweepRequest): Promise<number>

  /**
   * Keeps the output of a step under the tasklet's lease; false, and nothing is kept, when the lease
   * is not held under that token. A name that is taken keeps its first output. Steps go with their
   * record.
   */
  recordStep(lease: LeaseRef, step: StepRecord): Promise<boolean>
  /** The steps of a tasklet, in the order in which they were kept. */
  steps(id: string): Promise<readonly StepRecord[]>

  /**
   * Gives a running tasklet units and its place at the world of its plan, all or nothing, beside
   * what others hold in any process. Only what live leases hold counts: it is free again when its
   * tasklet is settled or rescued. Units of a pool are given up to its capacity. Nobody holds the
   * world of a plan: it may be taken, whatever state it is in. Others do: only who is not `alone`,
   * has their shape, and requires what each of them has verified may join, and then has their
   * `states`. A second call under the same lease takes the place of the first, if it is granted.
   * Rejects with InputError for units that are no count, or more than the pool ever has.
   */
  hold(request: HoldRequest): Promise<HoldOutcome>
  /**
   * Gives back units, and says where the world was verified to be. False, and nothing changes, when
   * nothing is held under that token; who has given back everything holds nothing. Rejects with
   * InputError for units beyond those that are held.
   */
  revise(revision: HoldRevision): Promise<boolean>
  /** What is held by live leases, in the order of the tasklets' sequences. */
  holds(): Promise<readonly Hold[]>

  /**
   * From now on what this store object changes is noted in the outbox, in the same transaction, for
   * these kinds, and for those of earlier calls; until it is called, nothing is.
   */
  noteOutbox(kinds: readonly OutboxKind[]): Promise<void>
  /** Oldest first, those that nobody else has taken; they stay until they are cleared. */
  takeOutbox(request: OutboxRequest): Promise<readonly OutboxEntry[]>
  /** They have been told: by their numbers. Unknown ones are passed over. */
  clearOutbox(entries: readonly number[]): Promise<void>
  /** Calls after something was noted by this store object, once for all that happens together. */
  onOutbox(listener: () => void): () => void

  fact(kind: string, key: string): Promise<Fact | undefined>
  /** All of a kind, by key. */
  facts(kind: string): Promise<readonly Fact[]>
  /**
   * Writes a fact if its version is still the one that was read (0: there was none); otherwise
   * changes nothing. A value of undefined removes the fact, which is then as if it was never
   * written. Returns the fact as it is now; one of version 0 and no value: there is none.
   */
  writeFact(fact: Fact): Promise<{ readonly written: boolean; readonly fact: Fact }>

  /** Calls the listener when another process may have changed the store. */
  onForeignChange(listener: () => void): () => void
}
