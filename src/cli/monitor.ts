import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { Tally } from '../ports/store-messages.ts'
import { toHealthThresholds } from '../runtime/operations/health.ts'
import { readStats, type Stats } from '../runtime/operations/stats.ts'

/** What came in and went out of one queue, one number for each minute of the window, oldest first. */
export interface Throughput {
  readonly queue: string
  readonly in: readonly number[]
  readonly out: readonly number[]
}

export interface MonitorReading {
  readonly stats: Stats
  readonly minutes: readonly Throughput[]
}

const MINUTE = 60_000
const MOST_BARS = 30

/** `window`: milliseconds. Throughput goes back half an hour at the most. */
export async function readMonitor(
  store: Store,
  clock: Clock,
  window: number,
): Promise<MonitorReading> {
  const thresholds = toHealthThresholds()
  const services = { store, clock, thresholds, queueNames: [], maxSize: () => undefined }
  const stats = await readStats(services, window)
  const count = Math.min(MOST_BARS, Math.max(1, Math.ceil(window / MINUTE)))
  const last = Math.floor(stats.at / MINUTE) * MINUTE
  const tallies = await store.tallies(last - (count - 1) * MINUTE)
  const minutes = stats.queues.map(({ queue }) => toThroughput(queue, tallies, last, count))
  return { stats, minutes }
}

function toThroughput(
  queue: string,
  tallies: readonly Tally[],
  last: number,
  count: number,
): Throughput {
  const own = new Map(
    tallies.filter((tally) => tally.queue === queue).map((tally) => [tally.minute, tally]),
  )
  const each = Array.from({ length: count }, (_, index) =>
    own.get(last - (count - 1 - index) * MINUTE),
  )
  return {
    queue,
    in: each.map((tally) => tally?.submitted ?? 0),
    out: each.map((tally) =>
      tally === undefined ? 0 : tally.completed + tally.failed + tally.cancelled,
    ),
  }
}
