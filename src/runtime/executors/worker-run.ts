import type { Tinypool } from 'tinypool'
import { SetpointError } from '../../core/errors.ts'
import type { HandlerModule, TaskContext } from '../../plan/handler.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Journal } from '../deliveries/steps.ts'
import { wait } from '../wait.ts'
import { fromFailure } from './failure.ts'
import { Host, toJobContext } from './host.ts'
import { createLink, type Link } from './link.ts'
import type { FromWorker } from './messages.ts'

export interface WorkerRunServices {
  readonly pool: Tinypool
  readonly mode: 'sync' | 'cpu'
  readonly clock: Clock
  /** Milliseconds that a handler may take to end once its signal has aborted. */
  readonly grace: number
  /** A worker died by itself. */
  died(): void
  /** A worker has taken the job. */
  began(): void
}

/** The handler and what it is given. */
export interface WorkerTask {
  readonly module: HandlerModule
  readonly context: TaskContext
  readonly journal: Journal
  /** URL of the module that runs it as a part of its span. */
  readonly tracing?: string | undefined
}

/** The worker that a job waited for never came up: the job was not begun. */
export class NotBegun extends Error {}

let jobs = 0

/**
 * One run of a handler in a worker. It ends when the handler has, or when the worker is gone: one
 * that has not ended within its grace after an abort is killed.
 */
export class WorkerRun {
  readonly #services: WorkerRunServices
  readonly #task: WorkerTask
  readonly #host: Host
  readonly #link: Link
  readonly #job: number
  readonly #ended = Promise.withResolvers<unknown>()
  readonly #over = new AbortController()
  readonly #killing = new AbortController()
  /** A worker has it; until then it waits for one, which may only be being started. */
  hasBegun = false

  constructor(services: WorkerRunServices, task: WorkerTask) {
    jobs += 1
    this.#job = jobs
    this.#services = services
    this.#task = task
    this.#host = new Host(this.#job, task.context, task.journal)
    this.#link = createLink(services.mode, this.#job, {
      heard: (message) => this.#hear(message),
      // An error that ended the thread is known a turn later, and says more.
      broken: () => setImmediate(() => this.#died('it exited')),
    })
  }

  async run(): Promise<unknown> {
    const { signal } = this.#task.context
    signal.throwIfAborted()
    signal.addEventListener('abort', () => this.#abort(), { once: true, signal: this.#over.signal })
    const working = this.#begin()
    working.catch((error) => this.#failed(error))
    try {
      return await this.#ended.promise
    } finally {
      this.#over.abort()
      this.#link.close()
      // The worker is not free before the pool says so; how it failed is known here already.
      await working.catch(() => {})
    }
  }

  #begin(): Promise<unknown> {
    const { module, context, tracing } = this.#task
    const { port, options } = this.#link
    const job = { number: this.#job, module, context: toJobContext(context), tracing, port }
    return this.#services.pool.run(job, { ...options, signal: this.#killing.signal })
  }

  #hear(message: FromWorker): void {
    if (message.type === 'began') this.#began()
    else if (message.type === 'returned') this.#ended.resolve(message.output)
    else if (message.type === 'threw') this.#ended.reject(fromFailure(message.failure))
    else this.#host.hear(message, (answer) => this.#reply(answer))
  }

  #began(): void {
    this.hasBegun = true
    this.#services.began()
  }

  #reply(answer: Parameters<Link['post']>[0]): void {
    if (!this.#over.signal.aborted) this.#link.post(answer)
  }

  /** Passes the abort on, and kills the worker that does not heed it. */
  #abort(): void {
    const { clock, grace } = this.#services
    const { name, message } = this.#task.context.signal.reason
    this.#link.post({
      job: this.#job,
      type: 'aborted',
      name: String(name),
      message: String(message),
    })
    wait(clock, grace, this.#over.signal).then(
      () => void this.#kill(),
      () => {},
    )
  }

  async #kill(): Promise<void> {
    const { context } = this.#task
    context.log.warn('a worker was killed because its handler did not heed the signal', {
      taskletId: context.taskletId,
    })
    await this.#removeWorker()
    this.#ended.reject(context.signal.reason)
  }

  /** Resolves when the worker that had the job, if it had begun, is really gone. */
  async #removeWorker(): Promise<void> {
    const { pool } = this.#services
    const before = pool.threads
    this.#killing.abort()
    const left = new Set(pool.threads)
    const removed = before.find((worker) => !left.has(worker))
    if (removed === undefined) return
    await new Promise<void>((resolve) => removed.once('exit', () => resolve()))
  }

  #died(reason: string): void {
    if (this.#over.signal.aborted || this.#killing.signal.aborted) return
    const { mode, died } = this.#services
    died()
    const what = mode === 'sync' ? 'worker thread' : 'worker process'
    const message = `the ${what} died while the task ran: ${reason}`
    this.#ended.reject(new SetpointError('worker_died', message))
    // A thread that exits by itself is not noticed by the pool.
    this.#killing.abort()
  }

  #failed(error: unknown): void {
    const { name, message } = error instanceof Error ? error : { name: '', message: String(error) }
    if (name === 'CancelError') this.#ended.reject(new NotBegun())
    else if (name === 'DataCloneError') this.#ended.reject(error)
    else this.#died(message)
  }
}
