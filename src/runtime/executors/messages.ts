import type { MessagePort } from 'node:worker_threads'
import type { HandlerModule, Log, TaskContext } from '../../plan/handler.ts'
import type { Failure } from './failure.ts'

/** What of a handler's context is plain data. */
export interface JobContext
  extends Pick<
    TaskContext,
    | 'input'
    | 'attempt'
    | 'taskletId'
    | 'traceparent'
    | 'idempotencyKey'
    | 'plan'
    | 'initialContext'
    | 'dependencies'
    | 'event'
  > {}

/** One run of a handler in a worker. */
export interface Job {
  /** Numbers the runs of this process, so that a late message of one is not taken for another's. */
  readonly number: number
  readonly module: HandlerModule
  readonly context: JobContext
  /** URL of a module whose `runWithin` runs it as a part of its span. */
  readonly tracing?: string | undefined
  /** How a thread talks to its parent; a process has its own channel. */
  readonly port?: MessagePort | undefined
}

/** What a worker needs from its parent and waits for. */
export type Request =
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'find'; readonly name: string }
  | { readonly kind: 'keep'; readonly name: string; readonly output: unknown }

export type FromWorker = { readonly job: number } & (
  | { readonly type: 'began' }
  | {
      readonly type: 'logged'
      readonly level: keyof Log
      readonly message: string
      readonly fields: Record<string, unknown> | undefined
    }
  | { readonly type: 'progressed'; readonly share: number; readonly message: string | undefined }
  | { readonly type: 'emitted'; readonly name: string; readonly data: unknown }
  | { readonly type: 'asked'; readonly call: number; readonly request: Request }
  | { readonly type: 'returned'; readonly output: unknown }
  | { readonly type: 'threw'; readonly failure: Failure }
)

export type ToWorker = { readonly job: number } & (
  | { readonly type: 'aborted'; readonly name: string; readonly message: string }
  | { readonly type: 'answered'; readonly call: number; readonly value: unknown }
  | { readonly type: 'refused'; readonly call: number; readonly failure: Failure }
)

/** Such a message among the others that the channel of a process carries. */
export function isAbout(job: number, message: unknown): boolean {
  return (
    typeof message === 'object' &&
    message !== null &&
    'job' in message &&
    message.job === job &&
    'type' in message
  )
}
