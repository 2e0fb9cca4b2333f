import type { AnyStateMachine } from 'xstate'
import type { ZodType } from 'zod'
import type { Status } from '../core/status.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { Expression, Template } from './expressions/expression.ts'
import type { CheckContext, ExecutionMode, Handler, HandlerModule, RetryPolicy } from './handler.ts'
import type { StepProgram } from './steps/program.ts'

/** One loaded plan: an immutable version, identified by the hash of everything it was made from. */
export interface Plan {
  readonly name: string
  /** Content hash (hex SHA-256) of the declaration and of every file it was read from. */
  readonly version: string
  readonly description: string | undefined
  /** The folder it was loaded from; undefined for a plan defined in code. */
  readonly folder: string | undefined
  /** Capacity by resource name. */
  readonly resources: Readonly<Record<string, number>>
  /** How often tasks that use a resource may start, by resource name. */
  readonly resourceLimits: Readonly<Record<string, StartLimit>>
  /** What moving the world may take: the most units that any transition task asks for, by resource. */
  readonly transitionUnits: Readonly<Record<string, number>>
  /** Undefined: the plan has no machine and is a plain task queue. */
  readonly world: World | undefined
  readonly tasks: ReadonlyMap<string, Task>
  readonly interrupts: readonly Interrupt[]
  readonly schedules: readonly Schedule[]
  /** What is allowed and yet probably wrong. */
  readonly warnings: readonly Diagnostic[]
}

/** The declared machine of the outside world. */
export interface World {
  /** The machine as it was declared: an XState config that Stately understands. */
  readonly config: Readonly<Record<string, unknown>>
  /** The plan's machine, with its guards; effects of its own it has none. */
  readonly machine: AnyStateMachine
  /** Every state below the root by its dotted path, in document order. */
  readonly states: ReadonlyMap<string, WorldState>
}

export interface WorldState {
  /** Dotted path below the root, such as `up.serving`. */
  readonly path: string
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history'
  readonly check: Check | undefined
  /** When several unrelated states answer true, the highest priority wins. */
  readonly priority: number
  /** Serial checks run one after another, the others in parallel. */
  readonly serial: boolean
  /** Milliseconds that one run of the check may take. */
  readonly timeout: number
  readonly tags: readonly string[]
}

export interface Check {
  readonly name: string
  readonly run: (context: CheckContext) => unknown
}

/** What stands under `meta` on a transition, normalised. */
export interface EdgeMeta {
  readonly task: string
  /** Declared cost, finite and ≥ 0. */
  readonly cost: number
  /** Input of the transition task. */
  readonly with: unknown
  /** Milliseconds for the transition task; undefined: the task's own. */
  readonly timeout: number | undefined
  readonly verify: { readonly tries: number; readonly delay: number }
}

export interface Task {
  readonly plan: string
  readonly name: string
  readonly title: string | undefined
  /** Done by whoever pulls it: no runtime starts it by itself, and `run` only says so. */
  readonly external: boolean
  /** For a task of steps: throws, because only a runtime can run its machine. */
  readonly run: Handler
  readonly steps: StepProgram | undefined
  /** Where the handler works: in the event loop, in a worker thread, or in a process of the pool. */
  readonly mode: ExecutionMode
  /** Where a worker finds the handler; undefined for one that exists only in this process. */
  readonly module: HandlerModule | undefined
  /** MiB that one worker of `sync` or `cpu` may use; undefined: what Node gives it. */
  readonly memory: number | undefined
  readonly input: ZodType | undefined
  readonly output: ZodType | undefined
  /** Paths of states, any of which will do; empty: the task does not care. */
  readonly requires: readonly string[]
  /** Where the world is after the task; undefined: where it was. */
  readonly leaves: string | undefined
  /** After the task nobody knows where the world is. */
  readonly disturbs: boolean
  /** Runs alone in its plan. */
  readonly exclusive: boolean
  /** Tasklets of the task that run at once; undefined: no limit. */
  readonly maxInstances: number | undefined
  /** Units by resource name. */
  readonly resources: Readonly<Record<string, number>>
  /** Milliseconds for one attempt; undefined: no limit. */
  readonly timeout: number | undefined
  /** Milliseconds from claim to grant; undefined: no limit. */
  readonly acquireTimeout: number | undefined
  /** Milliseconds for one preparation of the world; undefined: that of the runtime. */
  readonly prepareTimeout: number | undefined
  /** Milliseconds from submission to start, unless the submission says otherwise. */
  readonly expiresAfter: number | undefined
  readonly retry: RetryPolicy
  readonly limit: StartLimit | undefined
  /** Tasklets of one group that run at once; undefined: no limit. */
  readonly groupConcurrency: number | undefined
  /** 0..1000, unless the submission says otherwise; undefined: that of the runtime. */
  readonly priority: number | undefined
  /** Unless the submission says otherwise; undefined: that of the runtime. */
  readonly queue: string | undefined
  readonly tags: readonly string[]
}

/** At most `count` starts in any window of `per` milliseconds. */
export interface StartLimit {
  readonly count: number
  readonly per: number
  /** A window for each group instead of one for all. */
  readonly perGroup: boolean
}

/** A rule that stops the work in its scope when something happens outside, and answers it. */
export interface Interrupt {
  readonly plan: string
  readonly name: string
  readonly trigger: InterruptTrigger
  /** Name of the task of the plan that answers. */
  readonly run: string
  /** Input of that task. */
  readonly input: unknown
  /** Whose work stops: that of the plan, or all that this runtime does. */
  readonly scope: 'plan' | 'runtime'
  readonly victims: Victims
  /** Milliseconds from the handler's end to the next look. */
  readonly cooldown: number
  /** Path of the state that the world is brought to afterwards; undefined: it stays where it is. */
  readonly returnTo: string | undefined
  /** 0..1000; a rule is interrupted only by one with a lower number. */
  readonly priority: number
}

export type InterruptTrigger =
  | {
      readonly kind: 'check'
      readonly check: Check
      /** Milliseconds from the end of one look to the next. */
      readonly every: number
      /** Milliseconds that one look may take. */
      readonly timeout: number
    }
  /** `*` stands for one segment of an event's name, `**` for any number. */
  | { readonly kind: 'event'; readonly pattern: string }

/** What becomes of running work; with names of tasks of the plan or tags, only of such. */
export interface Victims {
  readonly policy: 'cancel' | 'requeue' | 'pause'
  readonly tasks: readonly string[]
  readonly tags: readonly string[]
}

/** When a task is submitted without anybody asking. */
export interface Schedule {
  readonly plan: string
  readonly name: string
  /** Name of the task of the plan. */
  readonly task: string
  readonly trigger: Trigger
  /** Over `event` and `plan`; constant for triggers of time. */
  readonly input: Template
  /** What becomes of instants that passed while nobody was there to fire them. */
  readonly misfire: { readonly policy: 'skip' | 'last' | 'all'; readonly limit: number }
  /** What becomes of an instant while the tasklet of an earlier one is not settled. */
  readonly overlap: 'skip' | 'queue' | 'replace' | 'allow'
  /** Most milliseconds that an instant may be put off, by chance. */
  readonly jitter: number
  /** No instant before it; milliseconds since the epoch. */
  readonly start: number | undefined
  /** No instant after it. */
  readonly end: number | undefined
  /** Unless somebody has switched it on or off since. */
  readonly enabled: boolean
  /** 0..1000; undefined: that of the task. */
  readonly priority: number | undefined
  /** Undefined: that of the task, or `event` for what an event started. */
  readonly queue: string | undefined
  readonly tags: readonly string[]
}

export type Trigger =
  | { readonly kind: 'cron'; readonly cron: string; readonly timezone: string }
  /** Milliseconds, counted from `start`, or from the epoch. */
  | { readonly kind: 'every'; readonly every: number }
  | {
      readonly kind: 'event'
      /** `*` stands for one segment of an event's name, `**` for any number. */
      readonly pattern: string
      readonly where: Expression | undefined
    }
  | {
      readonly kind: 'outcome'
      /** Full name of the task. */
      readonly task: string
      readonly statuses: readonly Status[]
    }
  /** Paths or globs, relative to the plan's folder and never out of it. */
  | { readonly kind: 'files'; readonly paths: readonly string[] }
  /** Only when somebody asks. */
  | { readonly kind: 'manual' }
