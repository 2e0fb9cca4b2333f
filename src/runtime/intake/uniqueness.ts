import type { Duration } from '../../core/duration.ts'
import { InputError } from '../../core/errors.ts'
import type { Uniqueness } from '../../core/tasklet.ts'
import type { InsertOutcome } from '../../ports/store-messages.ts'
import { toDuration } from '../options/option-values.ts'
import { toText } from './submit-values.ts'

/** A key that only one tasklet of the task may have at a time. */
export interface UniqueOption {
  readonly key: string
  /**
   * How long the key is taken, from the submission; `unsettled`, the default: until its tasklet has
   * settled.
   */
  readonly period?: Duration | 'unsettled'
  /**
   * A second submission takes the place of the first while that waits; while it runs, one more
   * waits behind it, always the last that was submitted. Not together with a period.
   */
  readonly keepLast?: boolean
}

export interface PeriodOption {
  readonly key: string
  readonly period: Duration
}

export interface UniquenessOptions {
  readonly unique?: UniqueOption
  /** Runs when nothing more was submitted under the key for the period, with the last input. */
  readonly debounce?: PeriodOption
  /** Runs the first submission of a period under the key and ignores the others. */
  readonly throttle?: PeriodOption
}

/** Why a submission created nothing; the handle then stands for the earlier tasklet. */
export type Reason =
  | 'idempotency-key'
  | 'unique'
  | 'throttled'
  | 'debounced'
  | 'replaced'
  | 'replayed'

/** @throws {InputError} that names the option. */
export function toUniqueness(options: UniquenessOptions, now: number): Uniqueness | undefined {
  const { unique, debounce, throttle } = options
  if (unique === undefined && debounce === undefined && throttle === undefined) return undefined
  const given = (['unique', 'debounce', 'throttle'] as const).filter((name) => options[name])
  if (given.length > 1) throw new InputError(`give only one of ${given.join(' and ')}`)
  if (debounce !== undefined) {
    // While the last one runs, what is submitted must not be lost: it runs once more.
    const key = toText('debounce.key', debounce.key)
    return { key, until: undefined, onDuplicate: 'keep-last' }
  }
  if (throttle !== undefined) {
    const key = toText('throttle.key', throttle.key)
    const until = now + toDuration('throttle.period', throttle.period)
    return { key, until, onDuplicate: 'return' }
  }
  return unique === undefined ? undefined : toUnique(unique, now)
}

function toUnique({ key, period, keepLast }: UniqueOption, now: number): Uniqueness {
  const isTimed = period !== undefined && period !== 'unsettled'
  if (keepLast && isTimed) throw new InputError('unique: give either keepLast or a period')
  return {
    key: toText('unique.key', key),
    until: isTimed ? now + toDuration('unique.period', period) : undefined,
    onDuplicate: keepLast ? 'keep-last' : 'return',
  }
}

/** The store's answer in the words of the option that was given. */
export function toReason(outcome: InsertOutcome, options: UniquenessOptions): Reason | undefined {
  if (outcome.created) return undefined
  if (outcome.reason === 'unique' && options.throttle !== undefined) return 'throttled'
  if (outcome.reason === 'replaced' && options.debounce !== undefined) return 'debounced'
  return outcome.reason
}
