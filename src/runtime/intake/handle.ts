import type { Duration } from '../../core/duration.ts'
import { InputError } from '../../core/errors.ts'
import type { Status } from '../../core/status.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { Clock } from '../../ports/clock.ts'
import type { CancelOutcome } from '../../ports/store-messages.ts'
import type { EventStream } from '../events/event-stream.ts'
import { toOptionalDuration } from './submit-values.ts'
import type { Reason } from './uniqueness.ts'

export interface ResultOptions {
  readonly signal?: AbortSignal
  /** How long to wait for the end; the tasklet goes on afterwards. */
  readonly timeout?: Duration
}

export interface EventsOptions {
  readonly signal?: AbortSignal | undefined
}

export interface HandleServices {
  readonly clock: Clock
  get(id: string): Promise<Tasklet | undefined>
  cancel(id: string, reason?: string): Promise<CancelOutcome>
  /** Stands for what has been settled so far. */
  readonly moment: number
  /** Its events, until it has settled. */
  events(id: string, signal: AbortSignal | undefined): EventStream
  /** The output; `since`: the moment at which the tasklet was known not to be final. */
  output(id: string, since?: number): Promise<unknown>
}

/** A submitted tasklet, for whoever submitted it. */
export class TaskletHandle<Output = unknown> {
  readonly id: string
  /** False when an earlier tasklet was found instead: then the handle stands for that one. */
  readonly created: boolean
  /** Why nothing was created. */
  readonly reason: Reason | undefined
  readonly #services: HandleServices
  readonly #since: number | undefined

  /** `since`: a moment at which it was not final; undefined when none is known. */
  constructor(
    id: string,
    reason: Reason | undefined,
    services: HandleServices,
    since: number | undefined,
  ) {
    this.id = id
    this.created = reason === undefined
    this.reason = reason
    this.#services = services
    this.#since = reason === undefined ? since : undefined
  }

  /**
   * The output, once the tasklet has completed.
   * @throws {TaskletError} when it ended without one, and the signal's reason or a TimeoutError when
   * the wait ended first.
   */
  result(options?: ResultOptions): Promise<Output> {
    // What comes out is what the task returned, which the compiler cannot know.
    const output = this.#services.output(this.id, this.#since) as Promise<Output>
    if (options?.timeout === undefined && options?.signal === undefined) return output
    return bounded(output, this.#services.clock, options)
  }

  async status(): Promise<Status> {
    const tasklet = await this.#services.get(this.id)
    if (tasklet === undefined) throw new InputError(`there is no tasklet ${this.id} any more`)
    return tasklet.status
  }

  cancel(reason?: string): Promise<CancelOutcome> {
    return this.#services.cancel(this.id, reason)
  }

  /**
   * What happens to it from this call on, for `for await`; the last event is that of its end, of one
   * that has ended already the only one. At most 1 000 wait to be read, the newest of them. It ends
   * without one when the signal aborts, when the runtime stops, and when there is no such tasklet any
   * more.
   */
  events(options: EventsOptions = {}): EventStream {
    return this.#services.events(this.id, options.signal)
  }
}

async function bounded<T>(
  promise: Promise<T>,
  clock: Clock,
  { timeout, signal }: ResultOptions,
): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal?.reason)
  const limit = toOptionalDuration('timeout', timeout)
  const expire = () => reject(new DOMException(`no result within ${limit} ms`, 'TimeoutError'))
  const disarm = limit === undefined ? undefined : clock.setTimer(clock.now() + limit, expire)
  if (signal?.aborted) abort()
  else signal?.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, ended])
  } finally {
    disarm?.()
    signal?.removeEventListener('abort', abort)
  }
}
