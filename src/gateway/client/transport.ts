import { type Duration, formatDuration, toMilliseconds } from '../../core/duration.ts'
import { InputError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import { systemClock } from '../../runtime/clock.ts'
import { ConnectionError, retryAfterOf } from './problem-error.ts'

export interface TransportOptions {
  readonly token?: string | undefined
  /** How long one attempt may take; 30 s. */
  readonly timeout?: Duration | undefined
  /** Further attempts for what may be sent twice: reads, and submissions with a key; 3. */
  readonly retries?: number | undefined
  readonly clock?: Clock | undefined
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  /** Instead of the client's. */
  readonly timeout?: Duration | undefined
}

const DEFAULT_TIMEOUT = '30s'
const DEFAULT_RETRIES = 3
const FIRST_DELAY = 200
const LONGEST_DELAY = 10_000
/** The server, or what stands before it, says that another attempt may do. */
const FOR_NOW: readonly number[] = [429, 502, 503, 504]

/** Sends requests to one server. */
export class Transport {
  /** Without a slash at the end. */
  readonly url: string
  readonly clock: Clock
  readonly retries: number
  readonly #token: string | undefined
  readonly #timeout: number
  readonly #fetch: (request: Request) => Promise<Response>

  /** @throws {InputError} for a URL or an option that cannot be used. */
  constructor(url: string, options: TransportOptions) {
    this.url = checkedUrl(url)
    this.clock = options.clock ?? systemClock
    this.retries = options.retries ?? DEFAULT_RETRIES
    this.#token = options.token
    this.#timeout = toMilliseconds(options.timeout ?? DEFAULT_TIMEOUT)
    this.#fetch = options.fetch ?? ((request) => fetch(request))
    if (!Number.isInteger(this.retries) || this.retries < 0) {
      throw new InputError(`retries must be an integer ≥ 0, not ${this.retries}`)
    }
  }

  /**
   * The answer, whatever its status, with its whole body.
   * @throws {ConnectionError} when there is none; rejects with the reason of the signal if it aborts.
   */
  async send(request: Request, { signal, timeout }: CallOptions = {}): Promise<Response> {
    const limit = timeout === undefined ? this.#timeout : toMilliseconds(timeout)
    const further = mayRepeat(request) ? this.retries : 0
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.#attempt(request.clone(), limit, signal).catch(toConnectionError)
      const isOver = attempt >= further || !isForNow(answer)
      if (isOver && answer instanceof ConnectionError) throw answer
      if (isOver) return answer as Response
      await this.wait(delayOf(attempt, answer), signal)
    }
  }

  /** An answer whose body goes on; it is not waited for. */
  async open(request: Request, signal: AbortSignal): Promise<Response> {
    try {
      return await this.#fetch(new Request(this.#signed(request), { signal, redirect: 'error' }))
    } catch (cause) {
      signal.throwIfAborted()
      throw this.#unreachable(cause)
    }
  }

  /** Resolves after so many milliseconds; rejects with the reason of the signal if it aborts. */
  wait(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    return new Promise((resolve, reject) => {
      const cancel = this.clock.setTimer(this.clock.now() + ms, () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      })
      const abort = () => {
        cancel()
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  async #attempt(request: Request, limit: number, signal?: AbortSignal): Promise<Response> {
    signal?.throwIfAborted()
    const late = new AbortController()
    const { clock } = this
    const cancel = clock.setTimer(clock.now() + limit, () => late.abort())
    const signals = [late.signal, ...(signal === undefined ? [] : [signal])]
    try {
      const init = { signal: AbortSignal.any(signals), redirect: 'error' } as const
      const response = await this.#fetch(new Request(this.#signed(request), init))
      return await whole(response)
    } catch (cause) {
      signal?.throwIfAborted()
      if (!late.signal.aborted) throw this.#unreachable(cause)
      const message = `the server at ${this.url} has not answered within ${formatDuration(limit)}`
      throw new ConnectionError(message, { cause })
    } finally {
      cancel()
    }
  }

  #signed(request: Request): Request {
    if (this.#token !== undefined) request.headers.set('authorization', `Bearer ${this.#token}`)
    return request
  }

  #unreachable(cause: unknown): ConnectionError {
    const reason = reasonOf(cause)
    return new ConnectionError(`the server at ${this.url} cannot be reached: ${reason}`, { cause })
  }
}

function checkedUrl(url: string): string {
  const parsed = URL.parse(url)
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new InputError(`"${url}" is no address of a server, such as http://127.0.0.1:4680`)
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new InputError('the address of a server holds no password: give the token on its own')
  }
  return `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, '')
}

/** What changes nothing, and what is known again by its key. */
function mayRepeat({ method, headers }: Request): boolean {
  return method === 'GET' || method === 'HEAD' || headers.has('idempotency-key')
}

function isForNow(answer: Response | ConnectionError): boolean {
  return answer instanceof ConnectionError || FOR_NOW.includes(answer.status)
}

/** Milliseconds: twice as long each time, and never all clients at once. */
function delayOf(attempt: number, answer: Response | ConnectionError): number {
  const wanted = answer instanceof ConnectionError ? undefined : retryAfterOf(answer)
  const delay = FIRST_DELAY * 2 ** attempt * (0.5 + Math.random() / 2)
  return Math.min(LONGEST_DELAY, Math.max(delay, wanted ?? 0))
}

async function whole(response: Response): Promise<Response> {
  const body = await response.arrayBuffer()
  const { status, statusText, headers } = response
  const copy = new Response(body.byteLength === 0 ? null : body, { status, statusText, headers })
  Object.defineProperty(copy, 'url', { value: response.url })
  return copy
}

function toConnectionError(error: unknown): ConnectionError {
  if (error instanceof ConnectionError) return error
  throw error
}

/** Node says "fetch failed", and only the cause says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0])
  return cause instanceof Error ? cause.message : error.message
}
