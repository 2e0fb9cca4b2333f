import { availableParallelism } from 'node:os'
import type { InspectionEvent, Observer } from 'xstate'
import type { RestartPolicy } from '../../../machines/supervision.ts'
import type { Duration } from '../../core/duration.ts'
import type { Log } from '../../plan/handler.ts'
import type { Clock } from '../../ports/clock.ts'
import { NO_TRACING, type Tracing } from '../../ports/tracing.ts'
import { systemClock } from '../clock.ts'
import { stderrLog } from '../log.ts'
import {
  type HealthOptions,
  type HealthThresholds,
  toHealthThresholds,
} from '../operations/health.ts'
import { type Retention, type RetentionOptions, toRetention } from '../operations/sweeper.ts'
import type { PreparationLimits } from '../worlds/preparation.ts'
import { type BrokerOptions, type BrokerSettings, toBrokerSettings } from './broker-options.ts'
import { toCount, toDuration, toLimit } from './option-values.ts'
import { type QueueOptions, type QueueSettings, toQueues } from './queue-options.ts'
import { type ResourceOptions, type SharedResource, toSharedResources } from './shared-resources.ts'

export interface RuntimeOptions extends BrokerOptions {
  /** Concurrency of the queue `main`; 16 times the cores unless given. */
  readonly concurrency?: number
  /** Settings of queues by name; `main`, `event` and `interrupt` are always there. */
  readonly queues?: Readonly<Record<string, QueueOptions>>
  /** The queues whose tasklets this process runs, by name; all unless given, `[]`: none. */
  readonly work?: readonly string[]
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
    /** How long what was seen of the world is believed without asking again; 1 s. */
    readonly freshness?: Duration
    /** How long the search of one path may take; 2 s. */
    readonly searchTime?: Duration
  }
  readonly affinity?: {
    /** The most that work for the world's present state goes before older work for another; 30 s. */
    readonly maxWait?: Duration
  }
  /** A request for many units that waited this long, passed by others, has them kept; 5 s. */
  readonly reserveAfter?: Duration
  /** Scales the costs of edges by what they were seen to cost; on unless `false`. */
  readonly learning?: boolean
  readonly workers?: {
    /** Worker threads for tasks in mode `sync`; one a core. */
    readonly sync?: number
    /** Processes for tasks in mode `cpu`; one a core. */
    readonly cpu?: number
  }
  /** Interrupts that may send one tasklet back to its queue before it fails; 10. */
  readonly maxInterruptions?: number
  /** How long work that was told to stop may take to end; 5 s. */
  readonly grace?: Duration
  /** How long one hook may take; 5 s. */
  readonly hookTimeout?: Duration
  readonly supervision?: Partial<Omit<RestartPolicy, 'random'>>
  /** Loads plans again when the files in their folders change; `false` unless given. */
  readonly watch?: boolean
  readonly clock?: Clock
  readonly logger?: Log
  /** Where spans go; `createRuntime` gives them to OpenTelemetry. `false`: nowhere. */
  readonly tracing?: Tracing | false
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
  readonly brokers: BrokerSettings
  readonly retention: Retention
  readonly health: HealthThresholds
  readonly lease: number
  readonly maxDeliveries: number
  readonly planningTimeout: number
  readonly planningLimits: PreparationLimits
  readonly freshness: number
  readonly searchTime: number
  readonly maxAffinityWait: number
  readonly reserveAfter: number
  readonly learning: boolean
  readonly workers: { readonly sync: number; readonly cpu: number }
  readonly maxInterruptions: number
  readonly grace: number
  readonly hookTimeout: number
  readonly supervision: RestartPolicy
  readonly watch: boolean
  readonly clock: Clock
  readonly logger: Log
  readonly tracing: Tracing
  readonly inspect: RuntimeOptions['inspect']
  readonly random: () => number
}

/** @throws {InputError} that names the option. */
export function toSettings(options: RuntimeOptions): Settings {
  const { lease = {}, random = Math.random } = options
  const queues = toQueues(options.concurrency, options.queues ?? {}, options.work)
  return {
    queues,
    maxSizes: toMaxSizes(queues),
    resources: toSharedResources(options.resources ?? {}),
    brokers: toBrokerSettings(options),
    retention: toRetention(options.retention),
    health: toHealthThresholds(options.health),
    lease: toLimit('lease.duration', lease.duration ?? '30s'),
    maxDeliveries: toCount('lease.maxDeliveries', lease.maxDeliveries ?? 3),
    ...toPlanning(options.planning),
    ...toSelection(options),
    learning: options.learning ?? true,
    workers: toWorkers(options.workers),
    maxInterruptions: toCount('maxInterruptions', options.maxInterruptions ?? 10, 0),
    grace: toDuration('grace', options.grace ?? '5s'),
    hookTimeout: toDuration('hookTimeout', options.hookTimeout ?? '5s'),
    supervision: { ...DEFAULT_SUPERVISION, ...options.supervision, random },
    watch: options.watch ?? false,
    clock: options.clock ?? systemClock,
    logger: options.logger ?? stderrLog,
    tracing: options.tracing || NO_TRACING,
    inspect: options.inspect,
    random,
  }
}

function toPlanning(planning: RuntimeOptions['planning'] = {}) {
  return {
    planningTimeout: toDuration('planning.timeout', planning.timeout ?? '5m'),
    planningLimits: {
      replans: toCount('planning.maxReplans', planning.maxReplans ?? 5, 0),
      transitions: toCount('planning.maxTransitions', planning.maxTransitions ?? 50),
      detections: toCount('planning.maxDetections', planning.maxDetections ?? 5),
    },
    freshness: toDuration('planning.freshness', planning.freshness ?? '1s'),
    searchTime: toLimit('planning.searchTime', planning.searchTime ?? '2s'),
  }
}

function toSelection({ affinity, reserveAfter }: RuntimeOptions) {
  return {
    maxAffinityWait: toDuration('affinity.maxWait', affinity?.maxWait ?? '30s'),
    reserveAfter: toDuration('reserveAfter', reserveAfter ?? '5s'),
  }
}

function toWorkers(workers: RuntimeOptions['workers'] = {}): Settings['workers'] {
  return {
    sync: toCount('workers.sync', workers.sync ?? availableParallelism()),
    cpu: toCount('workers.cpu', workers.cpu ?? availableParallelism()),
  }
}

const DEFAULT_SUPERVISION = { intensity: 5, within: 60_000, delay: 100, maxDelay: 10_000 }

function toMaxSizes(queues: ReadonlyMap<string, QueueSettings>): Readonly<Record<string, number>> {
  const sizes = [...queues].flatMap(([name, { maxSize }]) =>
    maxSize === undefined ? [] : [[name, maxSize] as const],
  )
  return Object.fromEntries(sizes)
}
