import type { Actor } from 'xstate'
import type { taskletMachine } from '../../../machines/tasklet.ts'
import type { ErrorRecord } from '../../core/errors.ts'
import type { SettledStatus } from '../../core/status.ts'
import type { PhaseDeadline, Tasklet, Trail } from '../../core/tasklet.ts'
import type { DependencyOutcome } from '../../plan/handler.ts'
import type { Plan, Task } from '../../plan/model.ts'
import type { Deadline } from '../deadlines.ts'
import type { DeliveryTrace } from './delivery-trace.ts'
import { Pause } from './pause.ts'

export type TaskletActor = Actor<typeof taskletMachine>

/** How a delivery ends, before it is written down. */
export interface Outcome {
  readonly status: SettledStatus
  readonly output?: unknown
  readonly error?: ErrorRecord | undefined
  /** Failures of the task, this delivery included. */
  readonly attempts: number
  /** For `retrying` and `scheduled`. */
  readonly notBefore?: number | undefined
  /** For `pending`: an interrupt sent it back. */
  readonly interrupted?: boolean | undefined
}

/** Why a delivery was told to stop. */
export interface StopReason {
  readonly kind:
    | 'timeout'
    | 'acquire-timeout'
    | 'expired'
    | 'cancelled'
    | 'interrupted'
    | 'returned'
    | 'lease-lost'
  readonly message: string
}

/** What a delivery runs, in terms of one version of its plan. */
export interface Binding {
  /** As its record has it, but with what this version makes of its input and requirement. */
  readonly tasklet: Tasklet
  /** Undefined: there is nothing to run, and the refusal says why. */
  readonly task: Task | undefined
  /** The version, steps, checks and transitions included; undefined where the plan is not known. */
  readonly plan?: Plan | undefined
  readonly refusal?: ErrorRecord | undefined
}

const NO_DEPENDENCIES = {}

/** One delivery of a tasklet in this process: everything about it that is not durable. */
export class Delivery {
  /** As the store has it. */
  readonly record: Tasklet
  #binding: Binding
  actor: TaskletActor | undefined
  outcome: Outcome | undefined
  trail: Trail | undefined
  /** Undefined while nobody records spans. */
  trace: DeliveryTrace | undefined
  /** How the dependencies ended; filled before the handler starts. */
  dependencies: Readonly<Record<string, DependencyOutcome>> = NO_DEPENDENCIES
  /** When the handler started; milliseconds since the epoch. */
  executingSince: number | undefined
  actualDuration: number | undefined
  /** The holder of a grant has a slot, resources and a state lease to give back. */
  granted = false
  /** Under way while what was granted here is taken in the store: nothing of it runs yet. */
  securing: Promise<unknown> | undefined
  stopping: StopReason | undefined
  /** The time limit of its phase, or the grace after it was told to stop. */
  deadline: Deadline | undefined
  /** What the record has to say about the time limit of its phase. */
  phaseDeadline: PhaseDeadline | undefined
  /** When its preparation has to be over; milliseconds since the epoch. */
  prepareUntil: number | undefined
  /** Since when the work stands at a checkpoint and its time limit with it. */
  standingSince: number | undefined
  /** Learns when the work stands at a checkpoint, and when it goes on. */
  onStanding: ((stands: boolean) => void) | undefined
  /** Gives its worker back; only what works outside of the event loop has one. */
  leaveWorker: (() => void) | undefined
  #controller: AbortController | undefined
  #pause: Pause | undefined

  constructor(tasklet: Tasklet, task: Task | undefined, binding: Binding = { tasklet, task }) {
    this.record = tasklet
    this.#binding = binding
  }

  get tasklet(): Tasklet {
    return this.#binding.tasklet
  }

  get task(): Task | undefined {
    return this.#binding.task
  }

  get plan(): Plan | undefined {
    return this.#binding.plan
  }

  get refusal(): ErrorRecord | undefined {
    return this.#binding.refusal
  }

  /** INVARIANT: only before it is granted; a run keeps the version that it started with. */
  bind(binding: Binding): void {
    this.#binding = binding
  }

  /** Made when first asked for: most handlers are over before anybody needs to stop them. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.stopping !== undefined) this.#controller.abort(toAbortReason(this.stopping))
    }
    return this.#controller.signal
  }

  /** Tells the work to stop; the first reason stands. */
  stop(reason: StopReason): boolean {
    if (this.stopping !== undefined || this.outcome !== undefined) return false
    this.stopping = reason
    this.#controller?.abort(toAbortReason(reason))
    return true
  }

  /** The work is asked to stand still at its next checkpoint. */
  get paused(): boolean {
    return this.#pause?.asked ?? false
  }

  /** Resolves when the work may go on; undefined while nobody asks it to stand still. */
  get pauseOver(): Promise<void> | undefined {
    return this.#pause?.over
  }

  pause(): void {
    this.#pause ??= new Pause((stands) => this.onStanding?.(stands))
    this.#pause.ask()
  }

  resume(): void {
    this.#pause?.end()
  }

  /** Calls once, as soon as the paused work stands at a checkpoint or has ended. */
  onPaused(listener: () => void): void {
    if (this.outcome !== undefined || this.#pause === undefined) listener()
    else this.#pause.onStanding(listener)
  }

  /**
   * A place where the work may be paused; rejects with the signal's reason once that has aborted.
   * `own`: the signal of a part of the work that can be told to stop by itself.
   */
  async checkpoint(own?: AbortSignal): Promise<void> {
    if (this.stopping !== undefined) throw toAbortReason(this.stopping)
    own?.throwIfAborted()
    if (!this.paused) return
    const signal = own === undefined ? this.signal : AbortSignal.any([this.signal, own])
    await this.#pause?.reach(signal)
  }

  /** The first outcome stands; false: there was one already. */
  conclude(outcome: Outcome): boolean {
    if (this.outcome !== undefined) return false
    this.outcome = outcome
    this.#pause?.release()
    return true
  }
}

function toAbortReason(reason: StopReason): DOMException {
  const name = reason.kind === 'timeout' ? 'TimeoutError' : 'AbortError'
  return new DOMException(reason.message, name)
}
