import { classNames } from '../../core/class-names.ts'
import { FatalError, RetryLater } from '../../core/errors.ts'

/** An error as it crosses from a worker: what the settlement of its attempt depends on. */
export interface Failure {
  readonly kind: 'error' | 'fatal' | 'retry-later' | 'value'
  readonly name: string
  /** Names of its class and of those that it extends. */
  readonly classes: readonly string[]
  readonly message: string
  readonly stack: string | undefined
  readonly cause: Failure | undefined
  readonly after: number | string | undefined
}

/** Stands for an error that was thrown in a worker. */
class RemoteError extends Error {
  /** Names of the class that was thrown there and of those that it extends. */
  readonly classes: readonly string[]

  constructor({ name, message, classes }: Failure) {
    super(message)
    this.name = name
    this.classes = classes
  }
}

const DEEPEST_CAUSE = 5

/** Anything that was thrown, as plain data. */
export function toFailure(thrown: unknown, depth = 0): Failure {
  if (!(thrown instanceof Error)) return { ...NOTHING, kind: 'value', message: textOf(thrown) }
  const { name, message, stack, cause } = thrown
  return {
    kind: kindOf(thrown),
    name,
    classes: classNames(thrown),
    message,
    stack,
    cause: cause === undefined || depth >= DEEPEST_CAUSE ? undefined : toFailure(cause, depth + 1),
    after: thrown instanceof RetryLater ? thrown.after : undefined,
  }
}

/** The error again, of the class that decides what becomes of its tasklet. */
export function fromFailure(failure: Failure): unknown {
  const { kind, name, message, stack, cause, after } = failure
  if (kind === 'value') return message
  const error = rebuild(failure, kind, after)
  // Classes of users that extend ours are not here; their names and stacks are.
  const own = { name, message, stack, ...(cause !== undefined && { cause: fromFailure(cause) }) }
  for (const [key, value] of Object.entries(own)) {
    Object.defineProperty(error, key, { value, configurable: true, writable: true })
  }
  return error
}

const NOTHING = {
  name: 'Error',
  classes: [],
  stack: undefined,
  cause: undefined,
  after: undefined,
} as const

function kindOf(error: Error): Failure['kind'] {
  if (error instanceof FatalError) return 'fatal'
  return error instanceof RetryLater ? 'retry-later' : 'error'
}

function rebuild(failure: Failure, kind: Failure['kind'], after: Failure['after']): Error {
  if (kind === 'fatal') return new FatalError(failure.message)
  if (kind === 'retry-later') return new RetryLater(after ?? 0, failure.message)
  return new RemoteError(failure)
}

function textOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown
  try {
    return JSON.stringify(thrown) ?? String(thrown)
  } catch {
    // Circular or hostile values have no text of their own.
    return `a thrown ${typeof thrown} that cannot be shown`
  }
}
