import type { InspectionEvent, Observer } from 'xstate'
import type { RestartPolicy } from '../../machines/supervision.ts'
import type { Duration } from '../core/duration.ts'
import type { Log } from '../plan/model.ts'
import type { Clock } from '../ports/clock.ts'
import { systemClock } from './clock.ts'
import { stderrLog } from './log.ts'
import {
  type HealthOptions,
  type HealthThresholds,
  toHealthThresholds,
} from './operations/health.ts'
import { type Retention, type RetentionOptions, toRetention } from './operations/sweeper.ts'
import { toCount, toDuration, toLimit } from './option-values.ts'
import type { PreparationLimits } from './preparation.ts'
import { type QueueOptions, type QueueSettings, toQueues } from './queue-options.ts'
import { type ResourceOptions, type SharedResource, toSharedResources } from './shared-resources.ts'

export interface RuntimeOptions {
  /** Concurrency of the queue `main`; 16 times the cores unless given. */
  readonly concurrency?: number
  /** Settings of queues by name; `main`, `event` and `interrupt` are always there. */
  readonly queues?: Readonly<Record<string, QueueOptions>>
  /** Resources that all plans share: a capacity, or a map of `capacity` and `limit`. */
  readonly resources?: Readonly<Record<string, ResourceOptions>>
  readonly lease?: {
    /** How long a lease lasts without renewal; 30 s. Renewed at a third of it. */
    readonly duration?: Duration
    /** Starts without any settlement after which a tasklet is poison; 3. */
    readonly maxDeliveries?: number
  }
  /** How long settled records stay. */
  readonly retention?: RetentionOptions
  /** When a queue counts as unwell. */
  readonly health?: HealthOptions
  readonly planning?: {
    /** One preparation in all; 5 m. */
    readonly timeout?: Duration
    /** Failed edges answered by another path; 5. */
    readonly maxReplans?: number
    /** Edges tried in one preparation; 50. */
    readonly maxTransitions?: number
    /** Detections in a row that recognise nothing before giving up; 5. */
    readonly maxDetections?: number
  }
  /** How long work that was told to stop may take to end; 5 s. */
  readonly grace?: Duration
  /** How long one hook may take; 5 s. */
  readonly hookTimeout?: Duration
  readonly supervision?: Partial<Omit<RestartPolicy, 'random'>>
  readonly clock?: Clock
  readonly logger?: Log
  /** Hears every actor of the runtime: any XState inspection observer. */
  readonly inspect?: Observer<InspectionEvent> | ((event: InspectionEvent) => void)
  /** A number in [0, 1), for jitter; Math.random unless given. */
  readonly random?: () => number
}

/** The options with every default filled in; durations in milliseconds. */
export interface Settings {
  readonly queues: ReadonlyMap<string, QueueSettings>
  /** `maxSize` by queue, for those that have one. */
  readonly maxSizes: Readonly<Record<string, number>>
  readonly resources: Readonly<Record<string, SharedResource>>
  readonly retention: Retention
  readonly health: HealthThresholds
  readonly lease: number
  readonly maxDeliveries: number
  readonly planningTimeout: number
  readonly planningLimits: PreparationLimits
  readonly grace: number
  readonly hookTimeout: number
  readonly supervision: RestartPolicy
  readonly clock: Clock
  readonly logger: Log
  readonly inspect: RuntimeOptions['inspect']
  readonly random: () => number
}

/** @throws {InputError} that names the option. */
export function toSettings(options: RuntimeOptions): Settings {
  const { lease = {}, planning = {}, random = Math.random } = options
  const queues = toQueues(options.concurrency, options.queues ?? {})
  return {
    queues,
    maxSizes: toMaxSizes(queues),
    resources: toSharedResources(options.resources ?? {}),
    retention: toRetention(options.retention),
    health: toHealthThresholds(options.health),
    lease: toLimit('lease.duration', lease.duration ?? '30s'),
    maxDeliveries: toCount('lease.maxDeliveries', lease.maxDeliveries ?? 3),
    planningTimeout: toDuration('planning.timeout', planning.timeout ?? '5m'),
    planningLimits: {
      replans: toCount('planning.maxReplans', planning.maxReplans ?? 5, 0),
      transitions: toCount('planning.maxTransitions', planning.maxTransitions ?? 50),
      detections: toCount('planning.maxDetections', planning.maxDetections ?? 5),
    },
    grace: toDuration('grace', options.grace ?? '5s'),
    hookTimeout: toDuration('hookTimeout', options.hookTimeout ?? '5s'),
    supervision: { ...DEFAULT_SUPERVISION, ...options.supervision, random },
    clock: options.clock ?? systemClock,
    logger: options.logger ?? stderrLog,
    inspect: options.inspect,
    random,
  }
}

const DEFAULT_SUPERVISION = { intensity: 5, within: 60_000, delay: 100, maxDelay: 10_000 }

function toMaxSizes(queues: ReadonlyMap<string, QueueSettings>): Readonly<Record<string, number>> {
  const sizes = [...queues].flatMap(([name, { maxSize }]) =>
    maxSize === undefined ? [] : [[name, maxSize] as const],
  )
  return Object.fromEntries(sizes)
}
