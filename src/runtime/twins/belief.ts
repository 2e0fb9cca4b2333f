import type { BeliefSource } from '../../core/events.ts'
import type { Evidence } from '../../planning/evidence.ts'

/** What is believed about one world. */
export interface Belief {
  /** The innermost active states by dotted path, in document order. */
  readonly states: readonly string[]
  readonly context: unknown
  readonly source: BeliefSource
  /** Milliseconds since the epoch: when it was learned. */
  readonly at: number
  /** Of the last detection. */
  readonly evidence: readonly Evidence[]
}
