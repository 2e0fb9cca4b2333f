import type { Tasklet } from '../../core/tasklet.ts'
import type { Task } from '../../plan/model.ts'

/** Somebody who wants the world of a plan. */
export interface Contender {
  /** The effective one: 0 is the most urgent. */
  readonly priority: number
  /** Milliseconds since it could run. */
  readonly waited: number
  /** Its place in the order of submission. */
  readonly sequence: number
}

export interface WorldContest {
  /** The first of those that the world serves as it is. */
  readonly served: Contender | undefined
  /** The first of those that need it otherwise. */
  readonly other: Contender | undefined
  /** Milliseconds that the world has served its present state. */
  readonly servedFor: number
  /** Milliseconds after which a wait counts for more than the cost of moving the world. */
  readonly maxWait: number
}

/**
 * Whether the world has to turn to the other. Among equals it stays where it is, as moving it costs;
 * but never for longer than `maxWait` while somebody has waited that long, and longer than those
 * that it serves: nobody gains by a move that passes over older work.
 */
export function yieldsWorld({ served, other, servedFor, maxWait }: WorldContest): boolean {
  if (other === undefined) return false
  if (served === undefined || other.priority < served.priority) return true
  if (other.priority > served.priority || other.waited < maxWait) return false
  if (!hasWaitedLonger(other, served)) return false
  return served.waited < maxWait || servedFor >= maxWait
}

/** Of those that could run since the same moment, the one that was submitted first. */
export function hasWaitedLonger(one: Contender, other: Contender): boolean {
  return one.waited > other.waited || (one.waited === other.waited && one.sequence < other.sequence)
}

/** It changes the world, so it has to be alone with it. */
export function needsWorldAlone(task: Pick<Task, 'leaves' | 'disturbs'> | undefined): boolean {
  return task !== undefined && (task.disturbs || task.leaves !== undefined)
}

/** It relies on the world or changes it. */
export function concernsWorld(task: Pick<Task, 'requires' | 'leaves' | 'disturbs'>): boolean {
  return task.requires.length > 0 || needsWorldAlone(task)
}

/** Before those of lower priority and those that came later. */
export function byPriorityThenAge(
  one: Pick<Tasklet, 'priority' | 'sequence'>,
  other: Pick<Tasklet, 'priority' | 'sequence'>,
): number {
  return one.priority - other.priority || one.sequence - other.sequence
}
