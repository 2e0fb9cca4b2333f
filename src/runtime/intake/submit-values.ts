import type { Duration } from '../../core/duration.ts'
import { InputError } from '../../core/errors.ts'
import { toDuration } from '../options/option-values.ts'

/** @throws {InputError} that names the option. */
export function toOptionalDuration(
  option: string,
  value: Duration | undefined,
): number | undefined {
  return value === undefined ? undefined : toDuration(option, value)
}

/** A text that is not empty. @throws {InputError} that names the option. */
export function toText(option: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value
  throw new InputError(`${option} must be a text that is not empty, not ${JSON.stringify(value)}`)
}

/** @throws {InputError} that names the option. */
export function toOptionalText(option: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : toText(option, value)
}

/** One of the values. @throws {InputError} that names the option and them. */
export function toChoice<Value extends string>(
  option: string,
  value: Value,
  choices: readonly Value[],
): Value {
  if (choices.includes(value)) return value
  throw new InputError(`${option} must be one of ${choices.join(', ')}, not "${value}"`)
}
