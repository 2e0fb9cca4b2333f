/** The only source of time. Everything that waits, waits on a clock, so tests can hold it still. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /**
   * Calls `fn` once, at the given time or as soon after it as possible, and never before `setTimer`
   * has returned. The returned function cancels; cancelling twice or after the call does nothing.
   */
  setTimer(at: number, fn: () => void): () => void
}
