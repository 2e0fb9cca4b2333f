import type { TaskContext } from '../../plan/handler.ts'
import type { Journal } from '../deliveries/steps.ts'
import { toFailure } from './failure.ts'
import type { FromWorker, JobContext, Request, ToWorker } from './messages.ts'

/** The part of a handler's context that a worker reaches by messages. */
export type HostContext = Pick<TaskContext, 'log' | 'progress' | 'emit' | 'checkpoint'>

/** Does in this process what a handler in a worker asks of its context. */
export class Host {
  readonly #job: number
  readonly #context: HostContext
  readonly #journal: Journal

  constructor(job: number, context: HostContext, journal: Journal) {
    this.#job = job
    this.#context = context
    this.#journal = journal
  }

  hear(message: FromWorker, reply: (message: ToWorker) => void): void {
    const { log, progress, emit } = this.#context
    if (message.type === 'logged') log[message.level](message.message, message.fields)
    else if (message.type === 'progressed') progress(message.share, message.message)
    else if (message.type === 'emitted') emit(message.name, message.data)
    else if (message.type === 'asked') void this.#answer(message.call, message.request, reply)
  }

  async #answer(call: number, request: Request, reply: (message: ToWorker) => void): Promise<void> {
    try {
      const value = await this.#serve(request)
      reply({ job: this.#job, type: 'answered', call, value })
    } catch (error) {
      reply({ job: this.#job, type: 'refused', call, failure: toFailure(error) })
    }
  }

  #serve(request: Request): Promise<unknown> {
    switch (request.kind) {
      case 'checkpoint':
        return this.#context.checkpoint()
      case 'find':
        return this.#journal.find(request.name)
      case 'keep':
        return this.#journal.keep(request.name, request.output)
    }
  }
}

/** What of a handler's context can be sent to a worker. */
export function toJobContext(context: TaskContext): JobContext {
  const { input, attempt, taskletId, traceparent, idempotencyKey } = context
  const { initialContext, dependencies, event } = context
  const { name, folder } = context.plan
  const plan = { name, folder }
  return {
    input,
    attempt,
    taskletId,
    traceparent,
    idempotencyKey,
    plan,
    initialContext,
    dependencies,
    event,
  }
}
