import type { Duration } from './duration.ts'
import { toMilliseconds } from './duration.ts'

/** How long to wait before the next attempt. */
export interface Backoff {
  readonly type: 'fixed' | 'exponential'
  readonly delay: Duration
  /** The longest delay; exponential growth stops there. */
  readonly max?: Duration | undefined
  /** The share of the delay, 0..1, that is drawn at random: 0.2 gives 80 % to 100 % of it. */
  readonly jitter?: number | undefined
}

/** Half a year for a millisecond, so that no number of failures overflows. */
const MOST_DOUBLINGS = 34

/**
 * The wait in milliseconds after the given number of failed attempts (1 for the first failure).
 * `random` gives a number in [0, 1) and is injected so that a run can be repeated.
 */
export function backoffDelay(backoff: Backoff, failures: number, random: () => number): number {
  const base = toMilliseconds(backoff.delay)
  const grown =
    backoff.type === 'exponential' ? base * 2 ** Math.min(failures - 1, MOST_DOUBLINGS) : base
  const capped = backoff.max === undefined ? grown : Math.min(grown, toMilliseconds(backoff.max))
  return Math.round(capped * (1 - (backoff.jitter ?? 0) * random()))
}
