/** The statuses of a tasklet's record. `machines/tasklet.ts` is the statechart over them. */
export const STATUSES = [
  'blocked',
  'scheduled',
  'pending',
  'running',
  'retrying',
  'completed',
  'failed',
  'cancelled',
] as const

export type Status = (typeof STATUSES)[number]

/** How many tasklets have each status. */
export type StatusCounts = Record<Status, number>

export function noCounts(): StatusCounts {
  return {
    blocked: 0,
    scheduled: 0,
    pending: 0,
    running: 0,
    retrying: 0,
    completed: 0,
    failed: 0,
    cancelled: 0,
  }
}

/** What a running tasklet is doing: the state of its actor. */
export type Phase = 'acquiring' | 'preparing' | 'executing' | 'settling'

/** The statuses that a settlement may give to a running tasklet. */
export type SettledStatus =
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'retrying'
  | 'pending'
  /** Passivated: it waits for a time or an event, without slot or resources. */
  | 'scheduled'

/**
 * The legal moves. They are exactly the transitions of `machines/tasklet.ts` (a test holds both
 * against each other); a store refuses any other.
 */
export const LEGAL_MOVES: Readonly<Record<Status, readonly Status[]>> = {
  blocked: ['scheduled', 'pending', 'failed', 'cancelled'],
  scheduled: ['pending', 'failed', 'cancelled'],
  pending: ['running', 'failed', 'cancelled'],
  running: ['completed', 'failed', 'cancelled', 'retrying', 'pending', 'scheduled'],
  retrying: ['pending', 'failed', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
}

export function isFinal(status: Status): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}

export function mayMove(from: Status, to: Status): boolean {
  return LEGAL_MOVES[from].includes(to)
}
