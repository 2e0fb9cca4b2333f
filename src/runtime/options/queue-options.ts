import { availableParallelism } from 'node:os'
import type { Duration } from '../../core/duration.ts'
import { InputError } from '../../core/errors.ts'
import { type Ageing, type Priority, toPriority } from '../../core/priority.ts'
import { toCount, toLimit } from './option-values.ts'

/** Every runtime has them. */
export const BUILT_IN_QUEUES: readonly string[] = ['main', 'event', 'interrupt']

export interface QueueOptions {
  /** Tasklets of the queue that run at once; as many as in `main` unless given. */
  readonly concurrency?: number
  /** Tasklets that may wait in it; no limit unless given. Queue `interrupt` has none. */
  readonly maxSize?: number
  /** Lets what has waited long run before what is more urgent; off unless given. */
  readonly ageing?: AgeingOptions
}

export interface AgeingOptions {
  /** The time after which waiting counts for one more step. */
  readonly every: Duration
  /** By how much one step improves the priority; 100. */
  readonly step?: number
  /** Never improved beyond this priority; `high` (100). */
  readonly floor?: Priority
}

/** A queue's options with every default filled in. */
export interface QueueSettings {
  /** 0: this process runs nothing of it. */
  readonly concurrency: number
  /** Undefined: no limit. */
  readonly maxSize: number | undefined
  readonly ageing: Ageing | undefined
}

const EVENT_CONCURRENCY = 16
const INTERRUPT_CONCURRENCY = 4

/**
 * The queues that are always there, and those that the options name. Those that are not among
 * `work`, if it is given, have no slots here: other processes run what is in them.
 */
export function toQueues(
  concurrency: number | undefined,
  options: Readonly<Record<string, QueueOptions>>,
  work?: readonly string[],
): ReadonlyMap<string, QueueSettings> {
  const queues = toAllQueues(concurrency, options)
  const unknown = work?.find((name) => !queues.has(name))
  if (unknown !== undefined) {
    const names = [...queues.keys()].join(', ')
    throw new InputError(`work: there is no queue "${unknown}"; there are ${names}`)
  }
  if (work === undefined) return queues
  const isHere = (name: string) => work.includes(name)
  return new Map(
    [...queues].map(([name, queue]) => [name, isHere(name) ? queue : { ...queue, concurrency: 0 }]),
  )
}

function toAllQueues(
  concurrency: number | undefined,
  options: Readonly<Record<string, QueueOptions>>,
): ReadonlyMap<string, QueueSettings> {
  const main = concurrency ?? 16 * availableParallelism()
  const defaults = new Map([
    ['main', main],
    ['event', EVENT_CONCURRENCY],
    ['interrupt', INTERRUPT_CONCURRENCY],
  ])
  const names = new Set([...defaults.keys(), ...Object.keys(options)])
  return new Map(
    [...names].map((name) => [
      name,
      toQueue(name, options[name] ?? {}, defaults.get(name) ?? main),
    ]),
  )
}

function toQueue(name: string, options: QueueOptions, concurrency: number): QueueSettings {
  const { maxSize, ageing } = options
  if (maxSize !== undefined && name === 'interrupt') {
    throw new InputError('queue "interrupt" never refuses anything, so it has no maxSize')
  }
  return {
    concurrency: toCount(`the concurrency of queue "${name}"`, options.concurrency ?? concurrency),
    maxSize: maxSize === undefined ? undefined : toCount(`the maxSize of queue "${name}"`, maxSize),
    ageing: ageing && toAgeing(`the ageing of queue "${name}"`, ageing),
  }
}

function toAgeing(what: string, { every, step, floor }: AgeingOptions): Ageing {
  return {
    every: toLimit(`${what}, every`, every),
    step: toCount(`${what}, step`, step ?? 100),
    floor: toPriority(floor ?? 'high'),
  }
}
