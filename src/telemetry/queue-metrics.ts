import type { Percentiles, QueueStats } from '../runtime/operations/flow.ts'
import type { Stats } from '../runtime/operations/stats.ts'
import type { Instruments } from './instruments.ts'
import type { GaugeName } from './metric-list.ts'

const HEALTH = { ok: 0, degraded: 1, stalled: 2 } as const
const OF_QUEUES = [
  'setpoint_queue_tasklets',
  'setpoint_queue_depth',
  'setpoint_queue_max_size',
  'setpoint_queue_paused',
  'setpoint_queue_oldest_age_seconds',
  'setpoint_queue_wait_seconds',
  'setpoint_queue_run_seconds',
  'setpoint_queue_lease_expiries',
] as const satisfies readonly GaugeName[]

/** Sets what stands in the statistics at a scrape. */
export function showStats(instruments: Instruments, { queues, brokers, health }: Stats): void {
  instruments.set('setpoint_health', [], HEALTH[health.status])
  for (const { role, name, isUp } of brokers) {
    instruments.set('setpoint_broker_up', [role, name], isUp ? 1 : 0)
  }
  for (const name of OF_QUEUES) instruments.clear(name)
  for (const stats of queues) showQueue(instruments, stats)
}

function showQueue(instruments: Instruments, stats: QueueStats): void {
  const { queue, counts, depth, maxSize, paused, oldestAge, leaseExpiries } = stats
  for (const [status, count] of Object.entries(counts)) {
    instruments.set('setpoint_queue_tasklets', [queue, status], count)
  }
  instruments.set('setpoint_queue_depth', [queue], depth)
  if (maxSize !== undefined) instruments.set('setpoint_queue_max_size', [queue], maxSize)
  instruments.set('setpoint_queue_paused', [queue], paused ? 1 : 0)
  instruments.set('setpoint_queue_oldest_age_seconds', [queue], (oldestAge ?? 0) / 1000)
  instruments.set('setpoint_queue_lease_expiries', [queue], leaseExpiries)
  showPercentiles(instruments, 'setpoint_queue_wait_seconds', queue, stats.wait)
  showPercentiles(instruments, 'setpoint_queue_run_seconds', queue, stats.run)
}

/** Where nothing was measured there is no value. */
function showPercentiles(
  instruments: Instruments,
  name: GaugeName,
  queue: string,
  { p50, p95, p99 }: Percentiles,
): void {
  for (const [quantile, value] of [
    ['0.5', p50],
    ['0.95', p95],
    ['0.99', p99],
  ] as const) {
    if (value !== undefined) instruments.set(name, [queue, quantile], value / 1000)
  }
}
