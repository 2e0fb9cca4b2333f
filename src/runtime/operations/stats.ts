import { InputError } from '../../core/errors.ts'
import { addHistograms, type Histogram, percentile } from '../../core/histogram.ts'
import { noCounts, type Status } from '../../core/status.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { QueueInfo, Tally } from '../../ports/store-messages.ts'
import type { BrokerState } from '../dispatch/broker-link.ts'
import type { Flow, Percentiles, QueueStats } from './flow.ts'
import {
  brokerReasons,
  type HealthReason,
  type HealthThresholds,
  healthOf,
  reasonsOf,
} from './health.ts'
import { type Throughput, toThroughputs } from './throughput.ts'

export interface StatsServices {
  readonly store: Store
  readonly clock: Clock
  readonly thresholds: HealthThresholds
  /** Queues that this process serves; they are shown even when empty. */
  readonly queueNames: readonly string[]
  /** How this process stands to its brokers, if it has any. */
  readonly brokers?: readonly BrokerState[]
  /** How many tasklets may wait in the queue; undefined: no limit. */
  maxSize(queue: string): number | undefined
}

export interface Stats extends Flow {
  readonly at: number
  /** Milliseconds that the figures about time and flow look back. */
  readonly window: number
  readonly counts: Readonly<Record<Status, number>>
  readonly queues: readonly QueueStats[]
  /** How the process that is asked stands to its brokers; none where there are none. */
  readonly brokers: readonly BrokerState[]
  /** Of the last half an hour at the most. */
  readonly minutes: readonly Throughput[]
  readonly health: {
    readonly status: 'ok' | 'degraded' | 'stalled'
    readonly reasons: readonly HealthReason[]
  }
}

const MINUTE = 60_000
export const DEFAULT_WINDOW = 15 * MINUTE
/** The store keeps what happened for so long. */
const LONGEST_WINDOW = 24 * 60 * MINUTE

/**
 * Counts, times and flow of every queue, and what is wrong with them. The window, in milliseconds,
 * is how far the figures about time and flow look back: from a minute to a day.
 */
export async function readStats(services: StatsServices, window = DEFAULT_WINDOW): Promise<Stats> {
  requireWindow(window)
  const { store, clock } = services
  const at = clock.now()
  const [counts, infos, tallies] = await Promise.all([
    store.counts(),
    store.queues(),
    store.tallies(at - window),
  ])
  const known = new Map(infos.map((info) => [info.queue, info]))
  const names = [...new Set([...services.queueNames, ...known.keys()])]
  const queues = names.map((queue) => {
    const own = tallies.filter((tally) => tally.queue === queue)
    const info = known.get(queue) ?? emptyQueue(queue)
    return toQueueStats(info, toFlow(own, window), at, services.maxSize(queue))
  })
  const { brokers = [] } = services
  const reasons = [
    ...queues.flatMap((queue) =>
      reasonsOf(queue, lastOut(tallies, queue.queue), at, services.thresholds),
    ),
    ...brokerReasons(brokers),
  ]
  const health = { status: healthOf(reasons), reasons }
  const minutes = toThroughputs(tallies, names, { at, window })
  return { at, window, counts, ...toFlow(tallies, window), queues, brokers, minutes, health }
}

function requireWindow(window: number): void {
  if (window >= MINUTE && window <= LONGEST_WINDOW) return
  throw new InputError(`the window must be from a minute to a day, not ${window} ms`)
}

function toQueueStats(
  { queue, paused, counts, oldestPending }: QueueInfo,
  flow: Flow,
  at: number,
  maxSize: number | undefined,
): QueueStats {
  const depth = counts.blocked + counts.scheduled + counts.pending + counts.retrying
  const oldestAge = oldestPending === undefined ? undefined : Math.max(0, at - oldestPending)
  return { queue, paused, counts, depth, maxSize, oldestAge, ...flow }
}

function toFlow(tallies: readonly Tally[], window: number): Flow {
  const sum = (count: (tally: Tally) => number) =>
    tallies.reduce((total, tally) => total + count(tally), 0)
  const completed = sum((tally) => tally.completed)
  const failed = sum((tally) => tally.failed)
  const cancelled = sum((tally) => tally.cancelled)
  const minutes = window / MINUTE
  return {
    wait: toPercentiles(tallies.map(({ waits }) => waits)),
    run: toPercentiles(tallies.map(({ runs }) => runs)),
    inPerMinute: sum((tally) => tally.submitted) / minutes,
    outPerMinute: (completed + failed + cancelled) / minutes,
    completed,
    failed,
    cancelled,
    retries: sum((tally) => tally.retried),
    leaseExpiries: sum((tally) => tally.leasesExpired),
  }
}

function toPercentiles(histograms: readonly Histogram[]): Percentiles {
  const all = addHistograms(histograms)
  return { p50: percentile(all, 0.5), p95: percentile(all, 0.95), p99: percentile(all, 0.99) }
}

/** The end of the last minute in which something of the queue was settled. */
function lastOut(tallies: readonly Tally[], queue: string): number | undefined {
  const minutes = tallies
    .filter(
      (tally) => tally.queue === queue && tally.completed + tally.failed + tally.cancelled > 0,
    )
    .map(({ minute }) => minute + MINUTE)
  return minutes.length === 0 ? undefined : Math.max(...minutes)
}

function emptyQueue(queue: string): QueueInfo {
  return { queue, paused: false, counts: noCounts(), oldestPending: undefined }
}
