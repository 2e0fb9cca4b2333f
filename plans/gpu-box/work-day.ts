import type { DeviceState } from './device.ts'
import { firstComeFirstServed, type Model, type Swaps } from './models.ts'
import { median, shuffled } from './numbers.ts'

export interface Job {
  readonly task: string
  readonly input: object
  /** The model that the task requires; undefined: it leaves the card alone. */
  readonly model: Model | undefined
}

/** What every job says of itself. */
export interface Started {
  /** Milliseconds since 1970. */
  readonly startedAt: number
}

export interface Waits {
  readonly jobs: number
  /** Milliseconds from submission to start. */
  readonly median: number
  readonly longest: number
}

export interface DayReport {
  readonly jobs: number
  readonly swaps: Swaps
  /** The swaps of the same jobs, done in the order in which they came. */
  readonly firstComeFirstServed: Swaps
  readonly waits: Readonly<Record<string, Waits>>
}

interface Kind {
  readonly task: string
  readonly count: number
  readonly model: Model | undefined
  readonly input: (number: number) => object
}

const SENTENCE = 'the model that is already in the card is the one that costs nothing to use. '

const KINDS: readonly Kind[] = [
  {
    task: 'chat',
    count: 14,
    model: 'chat',
    input: (number) => ({ prompt: `question ${number}`, tokens: 100 }),
  },
  { task: 'embed', count: 14, model: 'embedding', input: () => ({ documents: 200 }) },
  {
    task: 'fine-tune',
    count: 4,
    model: 'coder',
    input: (number) => ({ dataset: `tickets-${number}`, steps: 4 }),
  },
  {
    task: 'tokenise',
    count: 4,
    model: undefined,
    input: (number) => ({ text: SENTENCE.repeat(number * 10), merges: 40 }),
  },
  {
    task: 'quantise',
    count: 4,
    model: undefined,
    input: (number) => ({ weights: 20_000, seed: number }),
  },
]

/** The jobs of a day in the order in which they come, which the seed repeats. */
export function jobsOfDay(seed: number): readonly Job[] {
  const jobs = KINDS.flatMap(({ task, count, model, input }) =>
    Array.from({ length: count }, (_, index): Job => ({ task, model, input: input(index + 1) })),
  )
  return shuffled(jobs, seed)
}

/** A job that is done, with the milliseconds that it waited. */
export interface DoneJob {
  readonly job: Job
  readonly waited: number
}

export function reportOfDay(
  done: readonly DoneJob[],
  before: DeviceState,
  after: DeviceState,
): DayReport {
  const wanted = done.flatMap(({ job }) => job.model ?? [])
  const kinds = Map.groupBy(done, ({ job }) => job.task)
  const waits = [...kinds].map(([task, jobs]) => [task, toWaits(jobs)] as const)
  return {
    jobs: done.length,
    swaps: { loads: after.loads - before.loads, gib: after.loadedGib - before.loadedGib },
    firstComeFirstServed: firstComeFirstServed(before.model, wanted),
    waits: Object.fromEntries(waits),
  }
}

function toWaits(jobs: readonly DoneJob[]): Waits {
  const waited = jobs.map((job) => job.waited)
  return { jobs: jobs.length, median: median(waited), longest: Math.max(...waited) }
}
