/** Why a tasklet does not run. docs/explain.md has one line for each code. */
export type ReasonCode =
  | 'settled'
  | 'running'
  | 'cancel-requested'
  | 'dependency'
  | 'scheduled'
  | 'waiting'
  | 'retrying'
  | 'expired'
  | 'queue-paused'
  | 'unknown-plan'
  | 'unknown-task'
  | 'unknown-queue'
  | 'external'
  | 'no-room'
  | 'resource'
  | 'exclusive'
  | 'max-instances'
  | 'reserved'
  | 'state'
  | 'affinity'
  | 'interrupt'
  | 'group-limit'
  | 'rate-limit'
  | 'last-delivery'

export interface Reason {
  readonly code: ReasonCode
  readonly message: string
  /** When it ends at the latest, or is looked at again; milliseconds since the epoch. */
  readonly until?: number | undefined
  /** Who is in the way: the id of a tasklet or the owner of a lease. */
  readonly holder?: string | undefined
}

/** One tasklet waits for another. */
export interface WaitEdge {
  /** The id of the one that waits. */
  readonly from: string
  readonly to: string
  readonly because: ReasonCode
}

export interface Explanation {
  /** Nothing keeps the tasklet from being started. */
  readonly runnable: boolean
  readonly reasons: readonly Reason[]
  /** Who waits for whom, from the tasklet on; each tasklet is followed once, at most 50 edges. */
  readonly waits: readonly WaitEdge[]
}
