import type { Outcome } from './outcome.ts'
import type { Results } from './results.ts'
import type { ServiceName } from './services/service.ts'
import type { Target } from './target.ts'

/** `quick` is for trying things out; its figures are never published. */
export type Form = 'full' | 'quick'

export interface Contender {
  readonly name: string
  /** Skipped by name when one of them cannot be started. */
  readonly needs?: readonly ServiceName[]
  /** Equal rounds give every contender of the group equal work; round 0 is the warm-up. */
  run(round: number): Outcome | Promise<Outcome>
}

/** Contenders that take turns, each in a process of its own. */
export interface Group {
  readonly name: string
  readonly contenders: readonly Contender[]
}

export interface Benchmark {
  /** As in `--only B4`. */
  readonly id: string
  readonly title: string
  groups(form: Form): readonly Group[]
  report(results: Results, form: Form): Section
}

export interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** The findings of one benchmark. */
export interface Section {
  /** What was done, with which settings and durability. */
  readonly method: readonly string[]
  readonly table: Table
  readonly targets: readonly Target[]
  /** What else was found, in one sentence each; nobody has to reach it. */
  readonly remarks?: readonly string[]
}
