import type { Phase } from './status.ts'
import type { Tasklet, TrailStep } from './tasklet.ts'

/** What the runtime tells about itself, by event name. */
export interface RuntimeEvents {
  'runtime.started': { readonly owner: string }
  'runtime.stopped': { readonly owner: string }
  /** A resident actor crashed too often, or the store failed for good: the runtime has ended. */
  'runtime.failed': { readonly owner: string; readonly error: unknown }
  'tasklet.submitted': { readonly tasklet: Tasklet }
  'tasklet.phase': { readonly taskletId: string; readonly phase: Phase }
  'tasklet.progress': {
    readonly taskletId: string
    /** 0..1 */
    readonly share: number
    readonly message: string | undefined
  }
  'tasklet.completed': { readonly tasklet: Tasklet }
  'tasklet.failed': { readonly tasklet: Tasklet }
  'tasklet.cancelled': { readonly tasklet: Tasklet }
  'tasklet.retrying': { readonly tasklet: Tasklet }
  /** Given back to the queue: the runtime stops, or the lease of a dead process has ended. */
  'tasklet.pending': { readonly tasklet: Tasklet }
  /** The handler did not end within its grace after it was told to stop. */
  'tasklet.abandoned': { readonly taskletId: string; readonly reason: string }
  'lease.lost': { readonly taskletId: string; readonly holder: string | undefined }
  'world.detected': {
    readonly taskletId: string
    readonly plan: string
    readonly states: readonly string[]
  }
  'belief.changed': {
    readonly plan: string
    /** Innermost active states in document order; empty: nothing is known any more. */
    readonly states: readonly string[]
    readonly source: BeliefSource | 'disturbed'
  }
  'path.found': {
    readonly taskletId: string
    readonly plan: string
    readonly from: string
    readonly target: string
    readonly cost: number
    readonly steps: readonly PathStepSummary[]
  }
  'transition.started': { readonly taskletId: string; readonly step: PathStepSummary }
  'transition.ended': { readonly taskletId: string; readonly step: TrailStep }
  'interrupt.fired': {
    readonly plan: string
    readonly name: string
    /** Ids of the tasklets that were told to stop or to pause. */
    readonly victims: readonly string[]
    /** Id of the tasklet that answers. */
    readonly handler: string
  }
  'interrupt.ended': { readonly plan: string; readonly name: string; readonly handler: string }
  /** The handler or the way back failed, or nothing could be begun: work goes on all the same. */
  'interrupt.failed': {
    readonly plan: string
    readonly name: string
    readonly handler: string | undefined
    readonly error: unknown
  }
  /** Told once for each change: the rule goes on looking. */
  'interrupt.check-failed': {
    readonly plan: string
    readonly name: string
    readonly error: unknown
  }
  'actor.restarted': { readonly id: string; readonly delay: number; readonly error: unknown }
  'store.failed': { readonly operation: string; readonly error: unknown }
}

/**
 * What made the runtime believe where a world is: its checks, a verified transition, an external
 * event, what a task left behind, time (an `after` of the machine), or an earlier process.
 */
export type BeliefSource = 'checks' | 'transition' | 'event' | 'task' | 'decay' | 'restored'

export type PathStepSummary = Pick<TrailStep, 'event' | 'task' | 'from' | 'to' | 'cost'>

export type EventName = keyof RuntimeEvents

/** An event as listeners get it. */
export interface RuntimeEvent<Name extends string = string, Data = unknown> {
  readonly name: Name
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly data: Data
}
