import type { Status } from '../../core/status.ts'

/** Milliseconds, too high by a quarter at the most; undefined where nothing was measured. */
export interface Percentiles {
  readonly p50: number | undefined
  readonly p95: number | undefined
  readonly p99: number | undefined
}

/** What happened within the window. */
export interface Flow {
  /** From being ready to start. */
  readonly wait: Percentiles
  /** From start to settlement. */
  readonly run: Percentiles
  /** Submissions per minute. */
  readonly inPerMinute: number
  /** Final settlements per minute. */
  readonly outPerMinute: number
  readonly completed: number
  readonly failed: number
  readonly cancelled: number
  readonly retries: number
  readonly leaseExpiries: number
}

export interface QueueStats extends Flow {
  readonly queue: string
  readonly paused: boolean
  readonly counts: Readonly<Record<Status, number>>
  /** Tasklets that wait: blocked, scheduled, pending, retrying. */
  readonly depth: number
  readonly maxSize: number | undefined
  /** Milliseconds since the oldest pending tasklet was created. */
  readonly oldestAge: number | undefined
}
