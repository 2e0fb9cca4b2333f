import type { Status } from '../core/status.ts'

/**
 * What the outbox notes. `ready`: a tasklet has become pending. `status`: a tasklet is new, or its
 * status has changed.
 */
export type OutboxKind = 'ready' | 'status'

/** One thing that happened, kept from its own transaction on until it has been told elsewhere. */
export interface OutboxEntry {
  /** Grows; entries of one tasklet stand in the order in which things happened. */
  readonly entry: number
  readonly kind: OutboxKind
  /** Of the tasklet. */
  readonly id: string
  readonly plan: string
  /** Without its plan. */
  readonly task: string
  readonly queue: string
  readonly priority: number
  /** Undefined for a new one. */
  readonly from: Status | undefined
  readonly to: Status
  /** Deliveries so far. */
  readonly deliveries: number
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface OutboxRequest {
  readonly kind: OutboxKind
  /** Who takes them. What it has taken and not cleared, it is given again. */
  readonly owner: string
  /** An integer ≥ 1. */
  readonly limit: number
  readonly now: number
  /** Until then nobody else is given them; afterwards they are handed out again. */
  readonly until: number
}
