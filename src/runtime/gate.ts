import { type Duration, toMilliseconds } from '../core/duration.ts'
import { LifecycleError } from '../core/errors.ts'

export type RuntimeStatus = 'created' | 'starting' | 'running' | 'stopping' | 'stopped' | 'failed'

export interface StopOptions {
  /** How long running work may take to end before it is told to stop; `0` unless given. */
  readonly drain?: Duration
}

/** What goes on behind the gate. */
export interface Grounds {
  /** Resolves when everything is ready; rejects with what kept it from starting. */
  start(): Promise<void>
  /** Takes in nothing more; running work has `drain` milliseconds before it is told to stop. */
  stop(drain: number): void
  /** Resolves, with the failure if it was one, when everything has ended. */
  readonly ended: Promise<unknown>
  /** Whoever waits for work is told that there will be none. */
  closed(reason: LifecycleError): void
}

/** Knows whether a runtime takes work: it does from its one start until it stops or fails. */
export class Gate {
  readonly #grounds: Grounds
  #status: RuntimeStatus = 'created'
  #starting: Promise<void> | undefined

  constructor(grounds: Grounds) {
    this.#grounds = grounds
    void grounds.ended.then((failure) => {
      this.#status = failure === undefined ? 'stopped' : 'failed'
      grounds.closed(new LifecycleError(`the runtime has ${this.#status}`))
    })
  }

  get status(): RuntimeStatus {
    return this.#status
  }

  /** @throws {LifecycleError} while the runtime takes no work. */
  requireOpen(): void {
    if (this.#status === 'running') return
    throw new LifecycleError(`the runtime takes no work while it is ${this.#status}`)
  }

  async start(): Promise<void> {
    if (this.#status !== 'created') {
      throw new LifecycleError(`a runtime starts once, and this one is ${this.#status}`)
    }
    this.#status = 'starting'
    this.#starting = this.#grounds.start().then(() => {
      this.#status = 'running'
    })
    await this.#starting
  }

  async stop(options: StopOptions): Promise<void> {
    const drain = toMilliseconds(options.drain ?? 0)
    // One that could not start has ended by itself; whoever started it was told why.
    if (this.#status === 'starting') await Promise.allSettled([this.#starting])
    if (this.#status === 'running') {
      this.#status = 'stopping'
      this.#grounds.closed(new LifecycleError('the runtime is stopping'))
      this.#grounds.stop(drain)
    }
    if (this.#starting === undefined) this.#status = 'stopped'
    else await this.#grounds.ended
  }
}
