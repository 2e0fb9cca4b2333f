import { InputError } from './errors.ts'

/** A length of time: a number of milliseconds, or a string like `250ms`, `30s`, `5m`, `2h`, `1d`. */
export type Duration = number | string

/**
 * The latest time that a date can hold, in milliseconds since the epoch. What is not before it waits
 * for something else than time: no timer is set for it.
 */
export const NEVER = 8.64e15

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/

/**
 * The duration in milliseconds.
 * @throws {InputError} when the value is neither a finite number ≥ 0 nor a string of the form above.
 */
export function toMilliseconds(duration: Duration): number {
  if (typeof duration === 'number') {
    if (Number.isFinite(duration) && duration >= 0) return duration
  } else {
    const [, amount, unit] = PATTERN.exec(duration) ?? []
    const milliseconds = Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN)
    if (Number.isFinite(milliseconds)) return milliseconds
  }
  throw new InputError(
    `"${duration}" is not a duration: use milliseconds or a string like 250ms, 30s, 5m, 2h, 1d`,
  )
}

/** As `toMilliseconds`, where nothing may be given. */
export function optionalMilliseconds(duration: Duration | undefined): number | undefined {
  return duration === undefined ? undefined : toMilliseconds(duration)
}

/** Milliseconds as a person reads them: `0.4 ms`, `12 ms`, `3.2 s`, `5 m 3 s`. */
export function formatDuration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} m ${seconds % 60} s`
}
