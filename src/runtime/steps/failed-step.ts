import type { ErrorRecord } from '../../core/errors.ts'

/** The step in which an error arose, by the error; what is no object has no place. */
const places = new WeakMap<object, string>()

/** The first step to name an error is the one in which it arose: others only pass it on. */
export function markFailed(error: unknown, path: string): void {
  if (typeof error !== 'object' || error === null || places.has(error)) return
  places.set(error, path)
}

/** The record of an error with the step in which it arose, if it arose in one. */
export function withStep(record: ErrorRecord, error: unknown): ErrorRecord {
  const step = typeof error === 'object' && error !== null ? places.get(error) : undefined
  return step === undefined ? record : { ...record, step }
}
