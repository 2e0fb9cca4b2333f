import type { WitnessLine } from './witness.ts'
import { dependencyOf, type Kind } from './work.ts'

/** What a process of the chaos tests can be seen doing from outside. */
export type Phase = 'boot' | 'submit' | 'claim' | 'run' | 'settle' | 'plan'

/** The time at which a process passes a phase for the n-th time, counted from 1. */
export interface Moment {
  readonly phase: Phase
  readonly occurrence: number
}

export interface WorkerSettings {
  /** Names this life of a process; every message repeats it. */
  readonly run: string
  readonly folder: string
  /** Where its store is, as the command line takes it; the file in the folder unless given. */
  readonly store?: string | undefined
  /** Where the broker is that hands out work; none unless given. */
  readonly dispatch?: string | undefined
  readonly seed: number
  /** The numbers of the work to submit. */
  readonly submissions: readonly number[]
  /** The ids of work that was acknowledged before, by its number. */
  readonly known?: readonly (readonly [number, string])[] | undefined
  /** The task of all of them; unless given, each number has its own. */
  readonly kind?: Kind | undefined
  /** The number whose work is poison. */
  readonly poison?: number | undefined
  /** The process tells when it comes to this moment. */
  readonly moment?: Moment | undefined
  /** Milliseconds. */
  readonly lease: number
  readonly maxDeliveries: number
  /** Goes on running when nothing is left to do. */
  readonly staysWhenDone?: boolean | undefined
  /** Works on whatever there is until it gets SIGTERM, and submits again what a store refused. */
  readonly serves?: boolean | undefined
}

/** The names of what stands in the folder of a case. */
export const FILES = {
  database: 'setpoint.db',
  witness: 'witness.jsonl',
  /** Numbers below the one that it holds may be submitted; without it, all of them. */
  allowed: 'allowed',
  /** A blocker has begun to block. */
  blocked: 'blocked',
  /** It may go on. */
  released: 'released',
  /** Its successor may finish. */
  finish: 'finish',
} as const

/** What is left to submit of what is ours, and the ids of what it may depend on. */
export function toSubmissions(
  numbers: number,
  witness: readonly WitnessLine[],
  isOurs: (n: number) => boolean = () => true,
): Pick<WorkerSettings, 'submissions' | 'known'> {
  const ids = new Map<number, string>()
  for (const line of witness) if (line.what === 'acknowledged') ids.set(line.n, line.id)
  const all = Array.from({ length: numbers }, (_, n) => n)
  const submissions = all.filter((n) => isOurs(n) && !ids.has(n))
  const needed = new Set(submissions.map(dependencyOf))
  return { submissions, known: [...ids].filter(([n]) => needed.has(n)) }
}
