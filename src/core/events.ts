import type { Phase } from './status.ts'
import type { Lineage, Tasklet, TrailStep, TriggeringEvent } from './tasklet.ts'

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
  /** Passivated: it waits for a time or an event without a slot, and goes on after that. */
  'tasklet.scheduled': { readonly tasklet: Tasklet }
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
    /** Milliseconds that the search took. */
    readonly duration: number
    readonly steps: readonly PathStepSummary[]
  }
  'transition.started': {
    readonly taskletId: string
    readonly plan: string
    readonly step: PathStepSummary
  }
  'transition.ended': {
    readonly taskletId: string
    readonly plan: string
    readonly step: TrailStep
  }
  'step.started': StepEvent
  'step.ended': StepEvent & {
    readonly status: 'completed' | 'failed' | 'cancelled' | 'timedOut'
    /** Milliseconds. */
    readonly duration: number
    /** Why it failed. */
    readonly message: string | undefined
  }
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
  /** Another version of a plan counts, or the plan is new; what runs keeps its own version. */
  'plan.reloaded': {
    readonly plan: string
    readonly version: string
    readonly previous: string | undefined
    readonly warnings: readonly PlanFault[]
  }
  /** A version that cannot be used: the last good one goes on. */
  'plan.rejected': {
    readonly plan: string | undefined
    readonly folder: string | undefined
    readonly diagnostics: readonly PlanFault[]
  }
  /** Its files are gone, or declare another plan; it goes on as it was loaded last. */
  'plan.missing': {
    readonly plan: string
    readonly folder: string | undefined
    readonly version: string
  }
  /** Its files, which were gone or could not be used, are in order again. */
  'plan.recovered': { readonly plan: string; readonly version: string }
  /** Changes of files may go unseen for a while; watching is started again, and all is looked at. */
  'plan.watch-failed': { readonly error: unknown }
  /** The last that worked with the version has ended, and nobody knows it any more. */
  'plan.retired': { readonly plan: string; readonly version: string }
  'actor.restarted': { readonly id: string; readonly delay: number; readonly error: unknown }
  'store.failed': { readonly operation: string; readonly error: unknown }
  /** Told once, until the subscriber has caught up: it takes events more slowly than they come. */
  'subscriber.overflowed': {
    readonly pattern: string
    /** Events that this subscriber has not been told so far. */
    readonly dropped: number
    readonly policy: OverflowPolicy
  }
  /** `at` of these: the instant, or the time of the event, that a schedule fires on. */
  'schedule.fired': {
    readonly plan: string
    readonly name: string
    readonly at: number
    /** Id of the tasklet that came of it. */
    readonly tasklet: string
  }
  /** The overlap rule: earlier tasklets of the schedule (by id) are not settled yet. */
  'schedule.skipped': {
    readonly plan: string
    readonly name: string
    readonly at: number
    readonly waitsFor: readonly string[]
  }
  /**
   * Nothing comes of so many instants that passed while nobody was there (the misfire rule), or of so
   * many events that there was no room for, or no time at the stop.
   */
  'schedule.missed': { readonly plan: string; readonly name: string; readonly instants: number }
  /** The schedule itself or its input is wrong; it goes on with the next instant or event. */
  'schedule.failed': {
    readonly plan: string
    readonly name: string
    readonly at: number
    readonly error: unknown
  }
  /** A schedule or a rule did not fire on an event, because of what the event came of. */
  'event.cut': {
    readonly reason: CutReason
    /** Full name of the schedule, or `interrupt:` and that of the rule. */
    readonly trigger: string
    readonly event: TriggeringEvent
  }
}

/** One attempt of one step. What a delivery only takes over from an earlier one is not told again. */
interface StepEvent {
  readonly taskletId: string
  /** Path of the step within its task: `dump[3]`, or `restore/fetch` for one of a sub-task. */
  readonly key: string
  /** 1 for the first attempt of the step. */
  readonly attempt: number
}

/**
 * What made the runtime believe where a world is: its checks, a verified transition, an external
 * event, what a task left behind, time (an `after` of the machine), or an earlier process.
 */
export type BeliefSource = 'checks' | 'transition' | 'event' | 'task' | 'decay' | 'restored'

export type PathStepSummary = Pick<TrailStep, 'event' | 'task' | 'from' | 'to' | 'cost'>

/**
 * What becomes of events that find the queue of a subscriber full: the oldest makes room, the new
 * one is dropped, or the subscriber hears what waits and no more.
 */
export type OverflowPolicy = 'drop-oldest' | 'drop-newest' | 'unsubscribe'

/** A chain of events that is too deep, or the same schedule for a second time in one chain. */
export type CutReason = 'depth' | 'cycle'

/** One thing that is wrong with a plan, and where, as far as that is known. */
export interface PlanFault {
  readonly rule: string
  readonly message: string
  readonly path: string
  readonly file?: string | undefined
  /** From 1, as is the column. */
  readonly line?: number | undefined
  readonly column?: number | undefined
}

export type EventName = keyof RuntimeEvents

/** An event as listeners get it. */
export interface RuntimeEvent<Name extends string = string, Data = unknown> {
  readonly name: Name
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly data: Data
  /** What it has to do with other events; made when it is first read, and gone from a spread copy. */
  readonly lineage: Lineage
}
