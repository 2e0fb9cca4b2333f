import type { AnyStateMachine } from 'xstate'
import type { ZodType } from 'zod'
import type { Backoff } from '../core/backoff.ts'
import type { ErrorRecord } from '../core/errors.ts'
import type { Status } from '../core/status.ts'
import type { TriggeringEvent } from '../core/tasklet.ts'

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
}

/** The declared machine of the outside world. */
export interface World {
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
  readonly run: Handler
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

export interface RetryPolicy {
  /** How often the task may be tried in all. */
  readonly attempts: number
  readonly backoff: Backoff
  /** Names of error classes that are not tried again. */
  readonly except: readonly string[]
  /** A world that could not be prepared spends an attempt, and may be tried again, like a failure. */
  readonly onPlanning: boolean
}

export type ExecutionMode = 'async' | 'sync' | 'cpu'

/** A function that another thread or process can import. */
export interface HandlerModule {
  readonly url: string
  readonly name: string
}

export type Handler = (context: TaskContext) => unknown

export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
}

/** What a handler is given. */
export interface TaskContext<Input = unknown> {
  readonly input: Input
  /** Aborted on timeout, cancellation and stop; pass it on to everything that waits. */
  readonly signal: AbortSignal
  readonly log: Log
  /** Reports how far the work is: a share 0..1 and a line of text. */
  readonly progress: (share: number, message?: string) => void
  /** 1 for the first attempt. */
  readonly attempt: number
  readonly taskletId: string
  /** The same for every delivery of one tasklet: hand it to systems that can deduplicate. */
  readonly idempotencyKey: string
  readonly plan: { readonly name: string; readonly folder: string | undefined }
  readonly initialContext: unknown
  /**
   * How the tasklets that this one depends on ended, by the name given at submission. One that was
   * removed from the store in the meantime is missing.
   */
  readonly dependencies: Readonly<Record<string, DependencyOutcome>>
  /** What the tasklet was submitted for, if it was an event. */
  readonly event: TriggeringEvent | undefined
  /**
   * Runs `work` once for this tasklet: its result is kept, and on redelivery returned instead of
   * running it again. Names are the tasklet's own. Rejects without running it once the signal has
   * aborted.
   */
  readonly step: <T>(name: string, work: () => T | Promise<T>) => Promise<T>
  /** A place where the work may be paused: resolves when it may go on. */
  readonly checkpoint: () => Promise<void>
  /** The runtime that runs it; in `sync` and `cpu` mode it refuses. */
  readonly runtime: HandlerRuntime
}

/** What a handler may ask of its runtime. Inputs and options are those of the runtime itself. */
export interface HandlerRuntime {
  submit(task: string, input?: unknown, options?: object): Promise<{ readonly id: string }>
  /** Submits and waits for the output. */
  call(task: string, input?: unknown, options?: object): Promise<unknown>
}

export interface DependencyOutcome {
  readonly status: Status
  /** Of a completed one. */
  readonly output: unknown
  readonly error: ErrorRecord | undefined
}

/** What a check is given. It answers `true`, `false` or `'unknown'`, and changes nothing. */
export interface CheckContext {
  readonly signal: AbortSignal
  readonly log: Log
  readonly plan: { readonly name: string; readonly folder: string | undefined }
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
