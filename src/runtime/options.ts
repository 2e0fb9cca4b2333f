import { availableParallelism } from 'node:os'
import type { InspectionEvent, Observer } from 'xstate'
import type { RestartPolicy } from '../../machines/supervision.ts'
import { type Duration, toMilliseconds } from '../core/duration.ts'
import { InputError } from '../core/errors.ts'
import type { Log } from '../plan/model.ts'
import type { Clock } from '../ports/clock.ts'
import { systemClock } from './clock.ts'
import { stderrLog } from './log.ts'
import type { PreparationLimits } from './preparation.ts'

export interface QueueOptions {
  /** Tasklets of the queue that run at once. */
  readonly concurrency?: number
}

export interface RuntimeOptions {
  /** Concurrency of the queue `main`; 16 times the cores unless given. */
  readonly concurrency?: number
  /** Settings of queues by name; `main`, `event` and `interrupt` are always there. */
  readonly queues?: Readonly<Record<string, QueueOptions>>
  /** Capacities of resources that all plans share. */
  readonly resources?: Readonly<Record<string, number>>
  readonly lease?: {
    /** How long a lease lasts without renewal; 30 s. Renewed at a third of it. */
    readonly duration?: Duration
    /** Starts without any settlement after which a tasklet is poison; 3. */
    readonly maxDeliveries?: number
  }
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
  readonly queues: ReadonlyMap<string, { readonly concurrency: number }>
  readonly resources: Readonly<Record<string, number>>
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
  return {
    queues: toQueues(options),
    resources: options.resources ?? {},
    lease: duration('lease.duration', lease.duration ?? '30s'),
    maxDeliveries: count('lease.maxDeliveries', lease.maxDeliveries ?? 3),
    planningTimeout: duration('planning.timeout', planning.timeout ?? '5m'),
    planningLimits: {
      replans: count('planning.maxReplans', planning.maxReplans ?? 5, 0),
      transitions: count('planning.maxTransitions', planning.maxTransitions ?? 50),
      detections: count('planning.maxDetections', planning.maxDetections ?? 5),
    },
    grace: duration('grace', options.grace ?? '5s'),
    hookTimeout: duration('hookTimeout', options.hookTimeout ?? '5s'),
    supervision: { ...DEFAULT_SUPERVISION, ...options.supervision, random },
    clock: options.clock ?? systemClock,
    logger: options.logger ?? stderrLog,
    inspect: options.inspect,
    random,
  }
}

const DEFAULT_SUPERVISION = { intensity: 5, within: 60_000, delay: 100, maxDelay: 10_000 }

function toQueues(options: RuntimeOptions): Settings['queues'] {
  const main = options.concurrency ?? 16 * availableParallelism()
  const defaults: Record<string, number> = { main, event: 16, interrupt: 4 }
  const names = new Set([...Object.keys(defaults), ...Object.keys(options.queues ?? {})])
  return new Map(
    [...names].map((name) => {
      const wanted = options.queues?.[name]?.concurrency ?? defaults[name] ?? main
      return [name, { concurrency: count(`the concurrency of queue "${name}"`, wanted) }]
    }),
  )
}

function count(what: string, value: number, least = 1): number {
  if (Number.isInteger(value) && value >= least) return value
  throw new InputError(`${what} must be an integer ≥ ${least}, not ${value}`)
}

function duration(what: string, value: Duration): number {
  try {
    return toMilliseconds(value)
  } catch (cause) {
    throw new InputError(`${what}: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}
