import { type Duration, toMilliseconds } from '../core/duration.ts'
import { InputError } from '../core/errors.ts'
import type { Status } from '../core/status.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { Clock } from '../ports/clock.ts'
import type { CancelOutcome } from '../ports/store.ts'
import { outputOf } from './results.ts'

export interface ResultOptions {
  readonly signal?: AbortSignal
  /** How long to wait for the end; the tasklet goes on afterwards. */
  readonly timeout?: Duration
}

export interface HandleServices {
  readonly clock: Clock
  get(id: string): Promise<Tasklet | undefined>
  cancel(id: string, reason?: string): Promise<CancelOutcome>
  /** Resolves with the record when it is final. */
  settled(id: string): Promise<Tasklet>
}

/** A submitted tasklet, for whoever submitted it. */
export class TaskletHandle<Output = unknown> {
  readonly id: string
  /** False when an earlier submission with the same key was found instead. */
  readonly created: boolean
  /** Why nothing was created. */
  readonly reason: string | undefined
  readonly #services: HandleServices

  constructor(id: string, reason: string | undefined, services: HandleServices) {
    this.id = id
    this.created = reason === undefined
    this.reason = reason
    this.#services = services
  }

  /**
   * The output, once the tasklet has completed.
   * @throws {TaskletError} when it ended without one, and the signal's reason or a TimeoutError when
   * the wait ended first.
   */
  result(options: ResultOptions = {}): Promise<Output> {
    const { clock } = this.#services
    const settled = this.#services.settled(this.id)
    const { signal, timeout } = options
    const awaited =
      timeout === undefined && signal === undefined
        ? settled
        : bounded(
            settled,
            clock,
            timeout === undefined ? undefined : toMilliseconds(timeout),
            signal,
          )
    return awaited.then(outputOf) as Promise<Output>
  }

  async status(): Promise<Status> {
    const tasklet = await this.#services.get(this.id)
    if (tasklet === undefined) throw new InputError(`there is no tasklet ${this.id} any more`)
    return tasklet.status
  }

  cancel(reason?: string): Promise<CancelOutcome> {
    return this.#services.cancel(this.id, reason)
  }
}

async function bounded<T>(
  promise: Promise<T>,
  clock: Clock,
  limit: number | undefined,
  signal: AbortSignal | undefined,
): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal?.reason)
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
