/** Every error that Setpoint throws on purpose carries a code, listed in docs/errors.md. */
export class SetpointError extends Error {
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

/** The caller gave something that cannot be used; nothing was changed. */
export class InputError extends SetpointError {
  constructor(message: string, options?: ErrorOptions) {
    super('invalid_input', message, options)
  }
}

/** A queue has reached its `maxSize`. */
export class QueueFullError extends SetpointError {
  readonly queue: string

  constructor(queue: string, maxSize: number) {
    super('queue_full', `queue "${queue}" is full (${maxSize} tasklets wait): try again later`)
    this.queue = queue
  }
}

/** A call that the runtime cannot take in its present state (not started, stopping, stopped). */
export class LifecycleError extends SetpointError {
  constructor(message: string, options?: ErrorOptions) {
    super('lifecycle', message, options)
  }
}

/** A store refused or failed; the message says what to do. */
export class StoreError extends SetpointError {
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`store_${code}`, message, options)
  }
}

/** A broker refused or failed; the message says what to do. */
export class DispatchError extends SetpointError {
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`dispatch_${code}`, message, options)
  }
}

/** A handler throws this when trying again cannot help: the tasklet fails at once. */
export class FatalError extends SetpointError {
  constructor(message: string, options?: ErrorOptions) {
    super('fatal', message, options)
  }
}

/** A handler throws this to be run again later without spending an attempt. */
export class RetryLater extends SetpointError {
  /** Milliseconds, or a duration string. */
  readonly after: number | string

  constructor(after: number | string, message = 'the task asked to be run again later') {
    super('retry_later', message)
    this.after = after
  }
}

export type ErrorKind =
  | 'error'
  | 'timeout'
  | 'cancelled'
  | 'planning'
  | 'acquire-timeout'
  | 'expired'
  | 'dependency'
  | 'hook'
  | 'poison'
  | 'invalid-input'
  | 'missing-task'
  | 'malformed'
  | 'lease-lost'

/** Why planning could not bring the world into the required state. */
export type PlanningReason =
  | 'unreachable'
  | 'ambiguous'
  | 'undetectable'
  | 'check'
  | 'budget'
  | 'trail'

/** An error as it is kept in a record: plain data, bounded in size. */
export interface ErrorRecord {
  readonly kind: ErrorKind
  readonly message: string
  readonly reason?: PlanningReason | undefined
  /** Path of the step in which it arose, for a task made of steps: `restore/fetch`. */
  readonly step?: string | undefined
  readonly stack?: string | undefined
  readonly cause?: ErrorRecord | undefined
}

const LONGEST_TEXT = 8192
const DEEPEST_CAUSE = 5

/** Anything that was thrown, as plain data. Never throws, whatever it is given. */
export function toErrorRecord(kind: ErrorKind, thrown: unknown, depth = 0): ErrorRecord {
  const [message, stack, cause] = ['message', 'stack', 'cause'].map((key) => read(thrown, key))
  if (message === undefined && stack === undefined) return { kind, message: clip(describe(thrown)) }
  return {
    kind,
    message: clip(describe(message)),
    stack: typeof stack === 'string' ? clip(stack) : undefined,
    cause:
      cause === undefined || depth >= DEEPEST_CAUSE
        ? undefined
        : toErrorRecord('error', cause, depth + 1),
  }
}

/** A property of an error; undefined where there is none, or where reading it throws. */
function read(thrown: unknown, key: string): unknown {
  try {
    return thrown instanceof Error ? Reflect.get(thrown, key) : undefined
  } catch {
    // Reading a hostile value can throw (getters, proxies); there is then nothing to be had.
    return undefined
  }
}

function describe(thrown: unknown): string {
  try {
    return typeof thrown === 'string' ? thrown : (JSON.stringify(thrown) ?? String(thrown))
  } catch {
    // Circular or hostile values have no text of their own; their type is what can be said.
    return `a thrown ${typeof thrown} that cannot be shown`
  }
}

function clip(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`
}

/** A tasklet ended without an output. */
export class TaskletError extends SetpointError {
  readonly kind: ErrorKind
  readonly taskletId: string
  readonly reason: PlanningReason | undefined
  readonly record: ErrorRecord

  constructor(taskletId: string, record: ErrorRecord) {
    super(`tasklet_${record.kind.replaceAll('-', '_')}`, record.message, { cause: record.cause })
    this.kind = record.kind
    this.taskletId = taskletId
    this.reason = record.reason
    this.record = record
  }
}
