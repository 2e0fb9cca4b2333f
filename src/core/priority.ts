import { InputError } from './errors.ts'

/** Priorities are integers 0..1000; the lower runs first. */
export const PRIORITIES = { interrupt: 0, high: 100, normal: 500, low: 900 } as const

export type PriorityName = keyof typeof PRIORITIES
export type Priority = number | PriorityName

const LOWEST_PRIORITY = 1000

/**
 * The number that a priority stands for.
 * @throws {InputError} for an unknown name or a number that is not an integer in 0..1000.
 */
export function toPriority(priority: Priority): number {
  const value = typeof priority === 'string' ? PRIORITIES[priority] : priority
  if (Number.isInteger(value) && value >= 0 && value <= LOWEST_PRIORITY) return value
  throw new InputError(
    `"${priority}" is not a priority: use an integer 0..${LOWEST_PRIORITY} (lower runs first) or one of ${Object.keys(PRIORITIES).join(', ')}`,
  )
}

/** Maps the scale 1..10, where 10 is the most urgent, to ours: 10 is 0, 1 is 900. */
export function priorityFromTenScale(urgency: number): number {
  if (!Number.isInteger(urgency) || urgency < 1 || urgency > 10) {
    throw new InputError(`"${urgency}" is not on the scale 1..10`)
  }
  return (10 - urgency) * 100
}

/** Effective priority = max(floor, priority − step × whole `every`s waited since it could run). */
export interface Ageing {
  /** Milliseconds. */
  readonly every: number
  readonly step: number
  /** Never improved beyond this; numbers above are not worsened either. */
  readonly floor: number
}

/** What a priority comes to for a tasklet that could run since the given time. */
export function effectivePriority(
  priority: number,
  readySince: number,
  now: number,
  { every, step, floor }: Ageing,
): number {
  const waited = Math.max(0, Math.floor((now - readySince) / every))
  return Math.min(priority, Math.max(floor, priority - step * waited))
}
