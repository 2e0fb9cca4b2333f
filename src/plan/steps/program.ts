import type { AnyStateMachine, PromiseActorLogic } from 'xstate'
import type { Expression, Scope, Template } from '../expressions/expression.ts'
import type { Handler, HandlerModule, RetryPolicy } from '../handler.ts'

/** How a step ended. `timedOut` and `failed` fail the task unless `onError` handles them. */
export type StepStatus = 'completed' | 'failed' | 'skipped' | 'cancelled' | 'timedOut'

/** What a step does, once for each performance. */
export type StepAction =
  | {
      readonly kind: 'run'
      /** The name of the handler. */
      readonly name: string
      readonly handler: Handler
      readonly module: HandlerModule | undefined
    }
  /** A task of the same plan, under this run's lease. */
  | { readonly kind: 'task'; readonly task: string }
  | { readonly kind: 'emit'; readonly event: string }
  | {
      readonly kind: 'waitFor'
      /** A pattern: `*` stands for one segment of an event's name, `**` for any number. */
      readonly event: string
      /** Over the scope of the step, `event` being the one that came. */
      readonly where: Expression | undefined
      /** Milliseconds; undefined: it waits for ever. */
      readonly timeout: number | undefined
    }
  /** `for`: a duration, or a template that gives one. */
  | { readonly kind: 'sleep'; readonly for: Template }

/** What the machine asks of the runtime: do this step now, once. */
export interface Performance {
  /**
   * Names the step within its run: its path, with the index of every `each` around it, such as
   * `dump[3]` or `steps[2].parallel[0]`. Attempts share it.
   */
  readonly key: string
  readonly action: StepAction
  /** The step's `with`, evaluated; undefined when there is none. */
  readonly input: unknown
  readonly scope: Scope
  /** 1 for the first attempt of the step. */
  readonly attempt: number
  /** Milliseconds for one attempt; undefined: no limit. */
  readonly timeout: number | undefined
  /** Its output is kept and used again in every later delivery. */
  readonly once: boolean
}

/** The wait between two attempts of a step. */
export interface RetryPause {
  readonly key: string
  /** The attempt that has failed. */
  readonly attempt: number
  readonly retry: RetryPolicy
}

/**
 * What a machine sends to a `perform` or `pause` that it wants ended (a sibling has failed). The
 * work's signal aborts, and the actor rejects when the work has really ended: so the machine stays in
 * the invoking state until then. Leaving that state would abort the work without waiting for its end.
 */
export const ABORT = { type: 'performance.abort' } as const

/**
 * The actors that a program's machine names and the runtime provides. Both must end only when what
 * they started has ended: ABORT asks them to, and the machine waits for it.
 * `perform` rejects with what the step threw; a StepTimeout makes the step `timedOut`.
 */
export interface StepActors {
  readonly perform: PromiseActorLogic<unknown, Performance>
  readonly pause: PromiseActorLogic<void, RetryPause>
}

/** Rejects a performance whose time is up. */
export class StepTimeout extends Error {
  override readonly name = 'StepTimeout'
}

/** What the machine is started with. */
export interface StepsInput {
  /** Everything but `steps`, `item` and `index`, which the machine adds itself. */
  readonly scope: Scope
}

/** What the machine comes to. */
export type StepsOutput =
  | { readonly status: 'completed'; readonly output: unknown }
  /** `error` is what the first step threw whose failure nothing handled. */
  | { readonly status: 'failed'; readonly error: unknown; readonly step: string }

/** What a step does, by which a run that sleeps knows it again in another version of its plan. */
export interface StepMeaning {
  /** Its key without the indices of items, such as `dump[].check`. */
  readonly at: string
  /** The same for steps that do the same: a hash. */
  readonly does: string
}

/** The steps of a task, compiled. */
export interface StepProgram {
  /**
   * An XState machine: each step a state, `parallel` a parallel state, `if` a guarded transition,
   * `retry` a wait state, `each` a bounded pool of children. Input StepsInput, output StepsOutput;
   * `provide` it StepActors.
   */
  readonly machine: AnyStateMachine
  /** Names of the tasks that it runs under its own lease. */
  readonly subTasks: ReadonlySet<string>
  readonly meanings: ReadonlyMap<StepAction, StepMeaning>
}
