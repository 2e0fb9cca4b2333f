import type { Backoff } from '../core/backoff.ts'
import type { ErrorRecord } from '../core/errors.ts'
import type { Status } from '../core/status.ts'
import type { TriggeringEvent } from '../core/tasklet.ts'
import type { ModuleSources } from './modules/module-sources.ts'

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
  /** The version of the code to take it from; undefined: what stands at the URL. */
  readonly sources?: ModuleSources | undefined
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
  /**
   * Tells an event of your own to everybody who listens: `order.paid` and the like. The data is plain
   * JSON data and is copied. What the tasklet was submitted for becomes the cause of the event.
   */
  readonly emit: (name: string, data?: unknown) => void
  /** 1 for the first attempt. */
  readonly attempt: number
  readonly taskletId: string
  /**
   * Where the work stands in its trace: the header `traceparent` (W3C Trace Context) of what it asks
   * others to do. Undefined when it belongs to none.
   */
  readonly traceparent?: string | undefined
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

/**
 * What a handler may ask of its runtime. Inputs and options are those of the runtime itself. What it
 * waits for is given up, with the reason of its signal, as soon as that aborts; what has been
 * submitted goes on.
 */
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
