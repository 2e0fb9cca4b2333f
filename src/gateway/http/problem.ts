import { SetpointError } from '../../core/errors.ts'

/** One thing that is wrong with a request. */
export interface Fault {
  readonly in: 'path' | 'query' | 'header' | 'body'
  /** Dotted, such as `options.retry.attempts`; empty for the whole. */
  readonly path: string
  readonly message: string
  /** The nearest valid name. */
  readonly suggestion?: string | undefined
}

export interface ProblemDetails {
  readonly errors?: readonly Fault[] | undefined
  /** The version, the holder: what the client needs to go on. */
  readonly members?: Readonly<Record<string, unknown>> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly cause?: unknown
}

/** Why a request is refused. Its code says which status the answer has; see `PROBLEMS`. */
export class Problem extends SetpointError {
  readonly details: ProblemDetails

  constructor(code: ProblemCode, message: string, details: ProblemDetails = {}) {
    super(code, message, { cause: details.cause })
    this.details = details
  }
}

interface Kind {
  readonly status: number
  readonly title: string
  /** What the client can do. */
  readonly help: string
}

/** What can be wrong, by the `code` of the answer. docs/errors.md has an entry for each. */
export const PROBLEMS = {
  invalid_input: {
    status: 400,
    title: 'The request cannot be used',
    help: 'Correct what `errors` names and send it again. Nothing was changed.',
  },
  invalid_json: {
    status: 400,
    title: 'The body is not JSON',
    help: 'Correct the text at the place that is named; it has to be UTF-8.',
  },
  unauthorized: {
    status: 401,
    title: 'A token is needed',
    help: 'Send `Authorization: Bearer TOKEN` with a token that is known and has not ended.',
  },
  forbidden: {
    status: 403,
    title: 'The request is not allowed',
    help: 'Use a token with the scope that is named, or call from a host and origin that are allowed.',
  },
  not_found: {
    status: 404,
    title: 'There is no such thing',
    help: 'Check the name or id. A tasklet goes when it is discarded or past its retention.',
  },
  no_route: {
    status: 404,
    title: 'There is no such address',
    help: 'Look up the address in /docs.',
  },
  method_not_allowed: {
    status: 405,
    title: 'The address takes other methods',
    help: 'Use one of the methods that the header Allow names.',
  },
  conflict: {
    status: 409,
    title: 'It is in another state',
    help: 'Read it again and decide anew. Nothing was changed.',
  },
  lease_lost: {
    status: 409,
    title: 'The lease has ended',
    help: 'Drop the work: `holder` says who has it now, if anyone. Ask for longer leases, or extend them in time.',
  },
  store_conflict: {
    status: 409,
    title: 'It has changed meanwhile',
    help: 'Read the order and its version again, and send what it is to be now.',
  },
  too_large: {
    status: 413,
    title: 'The body is too large',
    help: 'Send less at once, or a reference to what is large.',
  },
  store_too_large: {
    status: 413,
    title: 'A value is too large for the database',
    help: 'Send less, and keep large things elsewhere. Nothing was stored.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The body is of another type',
    help: 'Send JSON with `Content-Type: application/json`.',
  },
  queue_full: {
    status: 429,
    title: 'The queue is full',
    help: 'Try again after the seconds that Retry-After says. Nothing was stored.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    help: 'Try again after the seconds that Retry-After says.',
  },
  gone: {
    status: 499,
    title: 'The client has gone',
    help: 'Nobody reads this answer.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong here',
    help: 'Tell the operator the request id: it is in the log.',
  },
  lifecycle: {
    status: 503,
    title: 'The runtime takes no work',
    help: 'It is starting or stopping: try again after the seconds that Retry-After says.',
  },
  store_locked: {
    status: 503,
    title: 'The database is locked',
    help: 'Another process keeps it locked: try again.',
  },
  store_unavailable: {
    status: 503,
    title: 'The database cannot be reached',
    help: 'Try again, with the same idempotency key: what was asked for may have been done.',
  },
  store_closed: {
    status: 503,
    title: 'The database is closed',
    help: 'The runtime is not running: try again when it is.',
  },
  overloaded: {
    status: 503,
    title: 'Too much is asked at once',
    help: 'Try again after the seconds that Retry-After says.',
  },
  store_full: {
    status: 507,
    title: 'The disk is full',
    help: 'The operator has to free space. Nothing was stored.',
  },
} as const satisfies Readonly<Record<string, Kind>>

export type ProblemCode = keyof typeof PROBLEMS

/** Seconds after which a client that was refused for now may try again. */
const RETRY_AFTER = '1'
const FOR_NOW: readonly number[] = [429, 503]

/** An error as the answer of RFC 9457. */
export interface ProblemAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>> & { readonly code: string }
}

/**
 * What the client is told of an error. Of one that is no refusal it hears nothing but the id under
 * which it is logged.
 */
export function toProblemAnswer(error: unknown, requestId: string): ProblemAnswer {
  const code = codeOf(error)
  const { status, title } = PROBLEMS[code]
  const details = error instanceof Problem ? error.details : {}
  const known = error instanceof Error && code !== 'internal'
  const detail = known ? error.message : `it is logged as request ${requestId}: tell the operator`
  return {
    status,
    headers: {
      ...(FOR_NOW.includes(status) && { 'retry-after': RETRY_AFTER }),
      ...details.headers,
    },
    body: {
      type: `/docs/errors#${code}`,
      title,
      status,
      code,
      detail,
      instance: `urn:request:${requestId}`,
      errors: details.errors,
      ...holderOf(error),
      ...details.members,
    },
  }
}

function codeOf(error: unknown): ProblemCode {
  if (error instanceof SetpointError) return isKnown(error.code) ? error.code : 'internal'
  return error instanceof DOMException && error.name === 'AbortError' ? 'gone' : 'internal'
}

function isKnown(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code)
}

/** Who has the tasklet of a lease that is lost. */
function holderOf(error: unknown): object {
  const isNamed = error instanceof SetpointError && 'holder' in error && error.holder !== undefined
  return isNamed ? { holder: error.holder } : {}
}
