import { type Duration, toMilliseconds } from '../../core/duration.ts'
import { InputError } from '../../core/errors.ts'

/** @throws {InputError} that names the option. */
export function toCount(what: string, value: number, least = 1): number {
  if (Number.isInteger(value) && value >= least) return value
  throw new InputError(`${what} must be an integer ≥ ${least}, not ${value}`)
}

/**
 * Milliseconds.
 * @throws {InputError} that names the option.
 */
export function toDuration(what: string, value: Duration): number {
  try {
    return toMilliseconds(value)
  } catch (cause) {
    throw new InputError(`${what}: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}

/**
 * Milliseconds that something has to fit into, so never zero.
 * @throws {InputError} that names the option.
 */
export function toLimit(what: string, value: Duration): number {
  const milliseconds = toDuration(what, value)
  if (milliseconds > 0) return milliseconds
  throw new InputError(`${what} must be longer than 0`)
}
