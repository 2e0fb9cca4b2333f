import { type Duration, formatDuration } from '../../core/duration.ts'
import { InputError } from '../../core/errors.ts'
import type { BrokerRole, BrokerState } from '../dispatch/broker-link.ts'
import { toDuration } from '../options/option-values.ts'
import type { QueueStats } from './flow.ts'

/** When the state of a queue is called bad. Figures are those of the window that stats look at. */
export interface HealthOptions {
  /** A pending tasklet older than this: degraded; `5m`. */
  readonly oldestAge?: Duration
  /** Work is pending, nothing runs and nothing has ended for this long: stalled; `10m`. */
  readonly stalledAfter?: Duration
  /** Leases that ended without a settlement: degraded from this many on; 1. */
  readonly leaseExpiries?: number
  /** Share of final settlements that failed, 0..1: degraded from here on; 0.5. */
  readonly failureShare?: number
  /** Fewer settlements than this say nothing about the share of failures; 10. */
  readonly failureSample?: number
  /** Share of `maxSize` that is taken, 0..1: degraded from here on; 0.9. */
  readonly fullShare?: number
}

/** The options with every default filled in; durations in milliseconds. */
export interface HealthThresholds {
  readonly oldestAge: number
  readonly stalledAfter: number
  readonly leaseExpiries: number
  readonly failureShare: number
  readonly failureSample: number
  readonly fullShare: number
}

export interface HealthReason {
  readonly status: 'degraded' | 'stalled'
  readonly code:
    | 'stalled'
    | 'old-work'
    | 'lease-expiries'
    | 'failures'
    | 'nearly-full'
    | 'broker-down'
  /** Missing where it is about no queue. */
  readonly queue?: string
  /** Which broker it is about. */
  readonly role?: BrokerRole
  readonly message: string
}

/** @throws {InputError} that names the option. */
export function toHealthThresholds(options: HealthOptions = {}): HealthThresholds {
  return {
    oldestAge: toDuration('health.oldestAge', options.oldestAge ?? '5m'),
    stalledAfter: toDuration('health.stalledAfter', options.stalledAfter ?? '10m'),
    leaseExpiries: toCount('health.leaseExpiries', options.leaseExpiries ?? 1),
    failureShare: toShare('health.failureShare', options.failureShare ?? 0.5),
    failureSample: toCount('health.failureSample', options.failureSample ?? 10),
    fullShare: toShare('health.fullShare', options.fullShare ?? 0.9),
  }
}

/**
 * What is wrong with one queue. A paused queue waits because it was told to, so its age is no
 * fault. `lastOut`: when something was last settled, as far as the window shows.
 */
export function reasonsOf(
  stats: QueueStats,
  lastOut: number | undefined,
  at: number,
  thresholds: HealthThresholds,
): readonly HealthReason[] {
  return [
    ageReason(stats, lastOut, at, thresholds),
    leaseReason(stats, thresholds),
    failureReason(stats, thresholds),
    sizeReason(stats, thresholds),
  ].filter((reason) => reason !== undefined)
}

/** Work goes on without a broker, only slower or unheard: so a lost one is no more than degraded. */
export function brokerReasons(brokers: readonly BrokerState[]): readonly HealthReason[] {
  return brokers
    .filter(({ isUp }) => !isUp)
    .map(({ role, name }) => {
      const message = `the broker for ${role} (${name}) is out of reach`
      return { status: 'degraded', code: 'broker-down', role, message }
    })
}

/** The worst of them. */
export function healthOf(reasons: readonly HealthReason[]): 'ok' | 'degraded' | 'stalled' {
  if (reasons.some(({ status }) => status === 'stalled')) return 'stalled'
  return reasons.length > 0 ? 'degraded' : 'ok'
}

function ageReason(
  { queue, paused, oldestAge, counts }: QueueStats,
  lastOut: number | undefined,
  at: number,
  { oldestAge: tooOld, stalledAfter }: HealthThresholds,
): HealthReason | undefined {
  if (paused || oldestAge === undefined) return undefined
  const isIdle = counts.running === 0 && (lastOut === undefined || at - lastOut >= stalledAfter)
  const age = formatDuration(oldestAge)
  if (isIdle && oldestAge >= stalledAfter) {
    const message = `work has been waiting for ${age}, nothing runs and nothing ends`
    return { status: 'stalled', code: 'stalled', queue, message }
  }
  if (oldestAge < tooOld) return undefined
  return {
    status: 'degraded',
    code: 'old-work',
    queue,
    message: `work has been waiting for ${age}`,
  }
}

function leaseReason(
  { queue, leaseExpiries }: QueueStats,
  thresholds: HealthThresholds,
): HealthReason | undefined {
  if (leaseExpiries < thresholds.leaseExpiries) return undefined
  const message = `${leaseExpiries} leases ended without a settlement`
  return { status: 'degraded', code: 'lease-expiries', queue, message }
}

function failureReason(
  { queue, completed, failed, cancelled }: QueueStats,
  { failureShare, failureSample }: HealthThresholds,
): HealthReason | undefined {
  const settled = completed + failed + cancelled
  if (settled < failureSample || failed < failureShare * settled) return undefined
  const message = `${failed} of ${settled} tasklets failed`
  return { status: 'degraded', code: 'failures', queue, message }
}

function sizeReason(
  { queue, depth, maxSize }: QueueStats,
  { fullShare }: HealthThresholds,
): HealthReason | undefined {
  if (maxSize === undefined || depth < fullShare * maxSize) return undefined
  const message = `${depth} of at most ${maxSize} tasklets wait`
  return { status: 'degraded', code: 'nearly-full', queue, message }
}

function toCount(option: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value
  throw new InputError(`${option} must be an integer ≥ 1, not ${value}`)
}

function toShare(option: string, value: number): number {
  if (value > 0 && value <= 1) return value
  throw new InputError(`${option} must be a number above 0 and at most 1, not ${value}`)
}
