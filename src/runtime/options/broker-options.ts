import type { Duration } from '../../core/duration.ts'
import type { Dispatch } from '../../ports/dispatch.ts'
import type { SubmissionSource } from '../../ports/intake.ts'
import type { Topics } from '../../ports/topics.ts'
import { toLimit } from './option-values.ts'

export interface BrokerOptions {
  /** Tells processes which tasklets they may claim; none unless given: they look in the store. */
  readonly dispatch?: Dispatch
  /** Where programs outside are told what happens to tasklets. */
  readonly topics?: Topics
  /** Where programs outside submit tasklets. */
  readonly submissions?: SubmissionSource | readonly SubmissionSource[]
  /** How often it is looked whether the broker has lost messages; 5 s. */
  readonly reconcileInterval?: Duration
}

/** The options with every default filled in; durations in milliseconds. */
export interface BrokerSettings {
  readonly dispatch: Dispatch | undefined
  readonly topics: Topics | undefined
  readonly submissions: readonly SubmissionSource[]
  readonly reconcileInterval: number
}

/** @throws {InputError} that names the option. */
export function toBrokerSettings(options: BrokerOptions): BrokerSettings {
  const { dispatch, topics, submissions = [], reconcileInterval = '5s' } = options
  return {
    dispatch,
    topics,
    submissions: 'receive' in submissions ? [submissions] : submissions,
    reconcileInterval: toLimit('reconcileInterval', reconcileInterval),
  }
}
