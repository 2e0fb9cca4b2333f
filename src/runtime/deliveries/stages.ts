import { toErrorRecord } from '../../core/errors.ts'
import type { Phase } from '../../core/status.ts'
import type { PhaseDeadline } from '../../core/tasklet.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Deadlines } from '../deadlines.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Grants } from '../grants/grants.ts'
import type { Secured } from '../grants/shared-grants.ts'
import type { HookRunner } from '../hooks.ts'
import { runAfterHooks, runBeforeHooks } from './attempt-hooks.ts'
import type { Delivery, Outcome, StopReason } from './delivery.ts'
import { completed, type OutcomeRules, refused, stopped, threw } from './outcomes.ts'
import type { Settlements } from './settlements.ts'
import { isThenable } from './thenable.ts'
import { expired, type TimeLimits, tooLong } from './time-limits.ts'

export interface StageServices {
  readonly clock: Clock
  readonly deadlines: Deadlines
  readonly grants: Grants
  readonly hooks: HookRunner
  readonly settlements: Settlements
  readonly bus: EventBus
  readonly rules: OutcomeRules
  readonly limits: TimeLimits
  /** Milliseconds that work which was told to stop may take to end. */
  readonly grace: number
  readonly report: (error: unknown) => void
  /** Takes in the store what was granted here; undefined: there is nothing to be taken. */
  secure(delivery: Delivery): Promise<Secured> | undefined
  /** The delivery waits in the line. */
  waits(delivery: Delivery): void
  /** Learns how the dependencies of the delivery's tasklet ended. */
  gather(delivery: Delivery): Promise<void>
  /** Brings the world into the required state; undefined when it is there. */
  prepare(delivery: Delivery): Promise<Outcome | undefined>
  /** Waits for a worker, if the task needs one; rejects when the delivery is told to stop. */
  takeWorker(delivery: Delivery): Promise<void> | undefined
  /** The delivery's work is over, and it still holds what it was granted. */
  worked(delivery: Delivery): void
  /** Whether an attempt goes on that was passivated; undefined: a task of this kind never is. */
  isResumed(delivery: Delivery): Promise<boolean> | undefined
  /** Runs the handler: its output, or a promise of it; throws or rejects as the handler does. */
  run(delivery: Delivery): unknown
}

const GRANTED = { type: 'tasklet.granted' } as const
const PREPARED = { type: 'tasklet.prepared' } as const
const ENDED = { type: 'tasklet.ended' } as const

/** The effects of the tasklet machine: what happens as a delivery enters each of its phases. */
export class Stages {
  readonly #services: StageServices

  constructor(services: StageServices) {
    this.#services = services
    const { grants, settlements } = services
    // The work is over, so what it held is free; only one batch at a time is unwritten and yet free.
    settlements.onWrite((batch) => {
      for (const delivery of batch) {
        services.worked(delivery)
        grants.release(delivery)
      }
    })
  }

  acquire(delivery: Delivery): void {
    this.#announce(delivery, 'acquiring')
    delivery.trace?.enter('grant')
    if (delivery.stopping !== undefined) this.#concludeStopped(delivery, delivery.stopping)
    else if (this.#services.grants.request(delivery)) this.granted(delivery)
    else this.#limitWait(delivery)
  }

  /** The delivery has been granted what it needs, as far as this process is concerned. */
  granted(delivery: Delivery): void {
    const securing = this.#services.secure(delivery)
    delivery.securing = securing
    if (securing === undefined) delivery.actor?.send(GRANTED)
    else {
      securing.then(
        (secured) => this.#secured(delivery, securing, secured),
        (error) => this.crashed(delivery, error),
      )
    }
  }

  prepare(delivery: Delivery): void {
    if (delivery.tasklet.requires.length === 0) {
      delivery.actor?.send(PREPARED)
      return
    }
    this.#announce(delivery, 'preparing')
    delivery.trace?.enter('prepare')
    delivery.prepareUntil = this.#services.limits.enter(delivery, 'preparing')
    this.#services.prepare(delivery).then(
      (outcome) => {
        if (outcome === undefined) delivery.actor?.send(PREPARED)
        else this.conclude(delivery, outcome)
      },
      (error) => this.crashed(delivery, error),
    )
  }

  execute(delivery: Delivery): void {
    this.#announce(delivery, 'executing')
    delivery.trace?.enter('execute')
    this.#services.limits.leave(delivery)
    if (delivery.task === undefined) {
      const { plan, task } = delivery.tasklet
      const message = `plan "${plan}" has no task "${task}" any more`
      const refusal = delivery.refusal ?? { kind: 'missing-task' as const, message }
      this.conclude(delivery, refused(delivery, refusal))
    } else if (delivery.tasklet.dependencies.length === 0) this.#begin(delivery)
    else {
      this.#services.gather(delivery).then(
        () => this.#begin(delivery),
        (error) => this.#failed(delivery, error),
      )
    }
  }

  settle(delivery: Delivery): void {
    const { hooks, settlements } = this.#services
    delivery.trace?.enter('settle')
    const goesOn = delivery.outcome?.status === 'scheduled'
    if (hooks.isEmpty || !delivery.granted || goesOn) settlements.add(delivery)
    else void runAfterHooks(this.#services, delivery).finally(() => settlements.add(delivery))
  }

  /** Tells the work to stop, and concludes when it has ended or its grace has passed. */
  stop(delivery: Delivery, reason: StopReason): void {
    if (!delivery.stop(reason)) return
    const { clock, deadlines, grace, bus, limits } = this.#services
    limits.leave(delivery)
    if (delivery.securing !== undefined) this.#services.grants.release(delivery)
    if (!delivery.granted) {
      this.#concludeStopped(delivery, reason)
      return
    }
    // What works outside of the event loop is ended there, by force if need be, before it is over.
    if (isElsewhere(delivery)) return
    delivery.deadline = deadlines.add(clock.now() + grace, () => {
      const { id: taskletId, event } = delivery.tasklet
      const cause = event?.lineage
      bus.emit('tasklet.abandoned', { taskletId, reason: reason.message }, { cause })
      this.#concludeStopped(delivery, reason)
    })
  }

  /** The time limit that the delivery's record should name. */
  deadlineOf(delivery: Delivery): PhaseDeadline | undefined {
    return this.#services.limits.current(delivery)
  }

  /** Something of ours failed while the delivery was under way; it must not be lost for that. */
  crashed(delivery: Delivery, error: unknown): void {
    this.#services.report(error)
    this.conclude(delivery, threw(this.#services.rules, delivery, error))
  }

  /** The outcome is known; the first one stands. */
  conclude(delivery: Delivery, outcome: Outcome): void {
    if (!delivery.conclude(outcome)) return
    const { clock, limits } = this.#services
    limits.leave(delivery)
    delivery.leaveWorker?.()
    if (delivery.executingSince !== undefined) {
      delivery.actualDuration = clock.now() - delivery.executingSince
    }
    delivery.actor?.send(ENDED)
  }

  #begin(delivery: Delivery): void {
    const { hooks } = this.#services
    if (hooks.isEmpty) this.#man(delivery)
    else {
      runBeforeHooks(this.#services, delivery).then(
        () => this.#man(delivery),
        (error) => this.#vetoed(delivery, error),
      )
    }
  }

  /** Its time counts from the moment at which somebody can do the work. */
  #man(delivery: Delivery): void {
    const taking = delivery.stopping === undefined ? this.#services.takeWorker(delivery) : undefined
    if (taking === undefined) this.#start(delivery)
    else {
      taking.then(
        () => this.#start(delivery),
        (error) => this.#failed(delivery, error),
      )
    }
  }

  #vetoed(delivery: Delivery, error: unknown): void {
    if (delivery.stopping !== undefined) this.#concludeStopped(delivery, delivery.stopping)
    else this.conclude(delivery, refused(delivery, toErrorRecord('hook', error)))
  }

  #start(delivery: Delivery): void {
    if (delivery.stopping !== undefined) {
      this.#concludeStopped(delivery, delivery.stopping)
      return
    }
    if (!this.#limitExecution(delivery)) return
    delivery.executingSince = this.#services.clock.now()
    try {
      const output = this.#run(delivery)
      if (isThenable(output)) {
        output.then(
          (value) => this.#returned(delivery, value),
          (error) => this.#failed(delivery, error),
        )
      } else this.#returned(delivery, output)
    } catch (error) {
      this.#failed(delivery, error)
    }
  }

  #run(delivery: Delivery): unknown {
    const { trace } = delivery
    return trace === undefined
      ? this.#services.run(delivery)
      : trace.run(() => this.#services.run(delivery))
  }

  #returned(delivery: Delivery, output: unknown): void {
    const { stopping } = delivery
    // Work that was only asked to make room may still finish; its output counts.
    if (stopping === undefined || stopping.kind === 'returned') {
      this.conclude(delivery, completed(delivery, output))
    } else this.#concludeStopped(delivery, stopping)
  }

  #failed(delivery: Delivery, error: unknown): void {
    if (delivery.stopping !== undefined) this.#concludeStopped(delivery, delivery.stopping)
    else this.conclude(delivery, threw(this.#services.rules, delivery, error))
  }

  #concludeStopped(delivery: Delivery, reason: StopReason): void {
    this.conclude(delivery, stopped(this.#services.rules, delivery, reason))
  }

  /** The store has answered; while it was asked, the delivery may have come back into the line. */
  #secured(delivery: Delivery, securing: Promise<Secured>, secured: Secured): void {
    if (delivery.securing === securing) delivery.securing = undefined
    if (delivery.outcome !== undefined) return
    if (secured === 'held') delivery.actor?.send(GRANTED)
    else if (secured === 'lost') {
      this.#services.grants.release(delivery)
      this.stop(delivery, { kind: 'lease-lost', message: 'the lease was lost' })
    } else if (secured === 'refused' && !delivery.granted) {
      this.#announce(delivery, 'acquiring')
      if (delivery.deadline === undefined) this.#limitWait(delivery)
    }
  }

  #limitWait(delivery: Delivery): void {
    const { limits } = this.#services
    this.#services.waits(delivery)
    const { expiresAt } = delivery.tasklet
    const at = limits.enter(delivery, 'acquiring')
    if (expiresAt !== undefined && (at === undefined || expiresAt < at)) {
      // The store expires only what waits there.
      limits.arm(delivery, expiresAt, () => this.stop(delivery, expired(expiresAt)))
    } else if (at !== undefined) {
      limits.arm(delivery, at, () => this.stop(delivery, tooLong(delivery, 'acquiring')))
    }
  }

  /** False: a delivery before this one has used up the time, so this one is over. */
  #limitExecution(delivery: Delivery): boolean {
    const { clock, limits } = this.#services
    const at = limits.enter(delivery, 'executing')
    if (at === undefined) return true
    if (at <= clock.now()) {
      const reason = tooLong(delivery, 'executing')
      delivery.stop(reason)
      this.#concludeStopped(delivery, reason)
      return false
    }
    limits.arm(delivery, at, () => this.stop(delivery, tooLong(delivery, 'executing')))
    return true
  }

  #announce(delivery: Delivery, phase: Phase): void {
    const { bus } = this.#services
    if (bus.hears('tasklet.phase')) {
      const { id: taskletId, event } = delivery.tasklet
      bus.emit('tasklet.phase', { taskletId, phase }, { cause: event?.lineage })
    }
  }
}

function isElsewhere({ task, executingSince }: Delivery): boolean {
  return executingSince !== undefined && task !== undefined && task.mode !== 'async'
}
