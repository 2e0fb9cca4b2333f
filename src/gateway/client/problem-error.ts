import { SetpointError } from '../../core/errors.ts'
import type { components } from './api-types.ts'

export type ProblemBody = components['schemas']['Problem']

/** The code of a refusal that names none, as what stands between a client and a server gives. */
export const UNNAMED = 'http'

/** The server has refused. `code` is one of docs/errors.md, `message` its detail. */
export class ProblemError extends SetpointError {
  /** Of HTTP. */
  readonly status: number
  readonly detail: string
  /** What is wrong with the request, each with its place; empty for other refusals. */
  readonly errors: NonNullable<ProblemBody['errors']>
  /** Milliseconds after which to try again, if the server said so. */
  readonly retryAfter: number | undefined
  /** Everything that the answer holds. */
  readonly problem: Readonly<Record<string, unknown>>

  constructor(response: Response, body: unknown) {
    const problem = toProblem(body)
    const detail = typeof problem['detail'] === 'string' ? problem['detail'] : describe(response)
    super(typeof problem['code'] === 'string' ? problem['code'] : UNNAMED, detail)
    this.status = response.status
    this.detail = detail
    this.errors = (problem['errors'] ?? []) as ProblemError['errors']
    this.retryAfter = retryAfterOf(response)
    this.problem = problem
  }
}

/** The server cannot be reached, or has not answered in time. */
export class ConnectionError extends SetpointError {
  constructor(message: string, options?: ErrorOptions) {
    super('unreachable', message, options)
  }
}

/** Milliseconds; undefined where the answer names no seconds. */
export function retryAfterOf(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined
}

/** What stands between may answer in a form of its own. */
function toProblem(body: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body)
  return isObject ? (body as Record<string, unknown>) : {}
}

function describe({ status, statusText, url }: Response): string {
  return `${url} answers ${status} ${statusText}`.trimEnd()
}
