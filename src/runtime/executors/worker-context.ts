import { SetpointError } from '../../core/errors.ts'
import type { HandlerRuntime, Log, TaskContext } from '../../plan/handler.ts'
import { type KeptStep, Steps } from '../deliveries/steps.ts'
import { toPayload } from '../events/payload.ts'
import type { FromWorker, Job, JobContext, Request } from './messages.ts'

/** What a handler is given in a worker: the same as in the event loop, but for the runtime. */
export class WorkerContext implements TaskContext {
  readonly input: unknown
  readonly attempt: number
  readonly taskletId: string
  readonly traceparent: string | undefined
  readonly idempotencyKey: string
  readonly plan: JobContext['plan']
  readonly initialContext: unknown
  readonly dependencies: JobContext['dependencies']
  readonly event: JobContext['event']
  readonly log: Log
  readonly step: TaskContext['step']
  readonly runtime: HandlerRuntime = NO_RUNTIME
  readonly #job: number
  readonly #post: (message: FromWorker) => void
  readonly #controller = new AbortController()
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>()
  #called = 0

  constructor({ number, context }: Job, post: (message: FromWorker) => void) {
    this.input = context.input
    this.attempt = context.attempt
    this.taskletId = context.taskletId
    this.traceparent = context.traceparent
    this.idempotencyKey = context.idempotencyKey
    this.plan = context.plan
    this.initialContext = context.initialContext
    this.dependencies = context.dependencies
    this.event = context.event
    this.#job = number
    this.#post = post
    this.log = createLog(number, post)
    const journal = {
      // The parent answers with what its own journal gives.
      find: (name: string) => this.#ask({ kind: 'find', name }) as Promise<KeptStep | undefined>,
      keep: async (name: string, output: unknown) => {
        await this.#ask({ kind: 'keep', name, output })
      },
    }
    const steps = new Steps(journal, () => this.signal)
    this.step = (name, work) => steps.run(name, work)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  readonly progress = (share: number, message?: string): void => {
    this.#post({ job: this.#job, type: 'progressed', share, message })
  }

  /** What is wrong with it is thrown here, into the handler; the parent would not know whom to tell. */
  readonly emit = (name: string, data?: unknown): void => {
    this.#post({ job: this.#job, type: 'emitted', name, data: toPayload(name, data) })
  }

  readonly checkpoint = async (): Promise<void> => {
    this.signal.throwIfAborted()
    await this.#ask({ kind: 'checkpoint' })
  }

  abort({ name, message }: { readonly name: string; readonly message: string }): void {
    this.#controller.abort(new DOMException(message, name))
  }

  answer(call: number, value: unknown): void {
    this.#take(call)?.resolve(value)
  }

  refuse(call: number, error: unknown): void {
    this.#take(call)?.reject(error)
  }

  #ask(request: Request): Promise<unknown> {
    this.#called += 1
    const call = Promise.withResolvers<unknown>()
    this.#calls.set(this.#called, call)
    this.#post({ job: this.#job, type: 'asked', call: this.#called, request })
    return call.promise
  }

  #take(number: number): PromiseWithResolvers<unknown> | undefined {
    const call = this.#calls.get(number)
    this.#calls.delete(number)
    return call
  }
}

const NO_RUNTIME: HandlerRuntime = { submit: refuseRuntime, call: refuseRuntime }

function refuseRuntime(task: string): Promise<never> {
  const message = `cannot submit "${task}" from a worker: the runtime lives in another thread or process. Give the task mode "async", or submit from outside`
  return Promise.reject(new SetpointError('no_runtime', message))
}

function createLog(job: number, post: (message: FromWorker) => void): Log {
  const write = (level: keyof Log) => (message: string, fields?: Record<string, unknown>) => {
    post({ job, type: 'logged', level, message, fields: fields && crossable(fields) })
  }
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  }
}

/** The fields with what cannot cross as text: a line of the log must not fail the work. */
function crossable(fields: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(fields).map(([key, value]) => [key, cloned(value)] as const)
  return Object.fromEntries(entries)
}

function cloned(value: unknown): unknown {
  try {
    return structuredClone(value)
  } catch {
    // Functions, symbols and the like.
    return String(value)
  }
}
