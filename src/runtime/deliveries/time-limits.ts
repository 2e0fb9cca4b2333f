import { NEVER } from '../../core/duration.ts'
import type { PhaseDeadline } from '../../core/tasklet.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Deadlines } from '../deadlines.ts'
import type { Delivery, StopReason } from './delivery.ts'

export interface TimeLimitServices {
  readonly clock: Clock
  readonly deadlines: Deadlines
  /** Milliseconds that a lease lasts. */
  readonly lease: number
  /** Milliseconds for one preparation where neither submission nor task say so. */
  readonly planningTimeout: number
  /** Writes the delivery's deadline into its record, soon. */
  noteDeadline(delivery: Delivery): void
}

type LimitedPhase = PhaseDeadline['phase']

/**
 * The clocks of a delivery's phases. A deadline that an earlier delivery of the same attempt noted
 * is kept; so is one of a later phase, until that phase comes again: a restart does not give the
 * work more time. What ends well before a lease is not noted: it could not outlive its holder.
 */
export class TimeLimits {
  readonly #services: TimeLimitServices

  constructor(services: TimeLimitServices) {
    this.#services = services
  }

  /** Begins the clock of a phase; undefined: it has no limit. The answer says when it is over. */
  enter(delivery: Delivery, phase: LimitedPhase): number | undefined {
    const { clock, lease, planningTimeout, noteDeadline } = this.#services
    this.leave(delivery)
    const own = limitOf(delivery, phase)
    const limit = own ?? (phase === 'preparing' ? planningTimeout : undefined)
    const kept = delivery.tasklet.deadline
    // Most phases of most tasklets have no limit and come after none: nothing is to be noted.
    if ((limit ?? kept ?? delivery.phaseDeadline) === undefined) return undefined
    const at = deadlineAt(clock.now(), limit, kept?.phase === phase ? kept.at : undefined)
    if (kept !== undefined && isBefore(phase, kept.phase)) return at
    if (at !== undefined) delivery.phaseDeadline = { phase, at }
    else if (delivery.phaseDeadline !== undefined || kept !== undefined) {
      // What stands in the record is of a phase that is over.
      delivery.phaseDeadline = { phase, at: NEVER }
    }
    if (own !== undefined && own * 3 >= lease && at !== kept?.at) noteDeadline(delivery)
    return at
  }

  /** Stops the delivery for the reason when the deadline passes. */
  arm(delivery: Delivery, at: number, passed: () => void): void {
    const { deadlines } = this.#services
    delivery.deadline = deadlines.add(at, passed)
    delivery.onStanding = (stands) => this.#stand(delivery, stands, passed)
  }

  /** The phase is over, and its clock with it. */
  leave(delivery: Delivery): void {
    if (delivery.deadline !== undefined) this.#services.deadlines.cancel(delivery.deadline)
    delivery.deadline = undefined
    delivery.onStanding = undefined
  }

  /** What the record should say now; a clock that stands still moves its deadline. */
  current({ phaseDeadline, standingSince }: Delivery): PhaseDeadline | undefined {
    if (phaseDeadline === undefined || standingSince === undefined) return phaseDeadline
    return { ...phaseDeadline, at: phaseDeadline.at + this.#services.clock.now() - standingSince }
  }

  #stand(delivery: Delivery, stands: boolean, passed: () => void): void {
    const { clock, deadlines, noteDeadline } = this.#services
    if (delivery.stopping !== undefined || delivery.outcome !== undefined) return
    if (stands) {
      delivery.standingSince = clock.now()
      if (delivery.deadline !== undefined) deadlines.cancel(delivery.deadline)
      return
    }
    delivery.phaseDeadline = this.current(delivery)
    delivery.standingSince = undefined
    if (delivery.phaseDeadline === undefined) return
    delivery.deadline = deadlines.add(delivery.phaseDeadline.at, passed)
    noteDeadline(delivery)
  }
}

/** Why a delivery is stopped whose phase took too long. */
export function tooLong(delivery: Delivery, phase: 'acquiring' | 'executing'): StopReason {
  const limit = limitOf(delivery, phase)
  if (phase === 'executing') {
    return { kind: 'timeout', message: `took longer than its timeout of ${limit} ms` }
  }
  const message = `waited longer than its acquireTimeout of ${limit} ms for slot, resources and state`
  return { kind: 'acquire-timeout', message }
}

/** Why a delivery is stopped that was not granted before its tasklet expired. */
export function expired(at: number): StopReason {
  return { kind: 'expired', message: `it was not started before ${new Date(at).toISOString()}` }
}

function limitOf({ tasklet, task }: Delivery, phase: LimitedPhase): number | undefined {
  switch (phase) {
    case 'acquiring':
      return tasklet.timeouts?.acquire ?? task?.acquireTimeout
    case 'preparing':
      return tasklet.timeouts?.prepare ?? task?.prepareTimeout
    case 'executing':
      return tasklet.timeout ?? task?.timeout
  }
}

/** A kept deadline is never later than a fresh one would be. */
function deadlineAt(now: number, limit: number | undefined, kept: number | undefined) {
  return limit === undefined ? undefined : Math.min(now + limit, kept ?? NEVER)
}

const ORDER: readonly LimitedPhase[] = ['acquiring', 'preparing', 'executing']

function isBefore(phase: LimitedPhase, other: LimitedPhase): boolean {
  return ORDER.indexOf(phase) < ORDER.indexOf(other)
}
