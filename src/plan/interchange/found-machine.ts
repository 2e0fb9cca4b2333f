import type { Diagnostic } from '../diagnostic.ts'
import type { Locate } from '../finding.ts'

/** A machine as some file holds it, before any of it is trusted. */
export interface FoundMachine {
  readonly config: unknown
  readonly diagnostics: readonly Diagnostic[]
  /** The place of a part of the config. */
  readonly locate: Locate
  /** What was changed on the way, for people. */
  readonly notes: readonly string[]
}
