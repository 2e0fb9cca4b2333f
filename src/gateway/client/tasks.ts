import { toMilliseconds } from '../../core/duration.ts'
import { type Api, answer, type QueryOf, type Schemas } from './api.ts'
import type { CallOptions } from './transport.ts'

export type SubmitOptions = Schemas['SubmitOptions']
export type BatchEntries = Schemas['NewBatch']['entries']
export interface GetOptions extends CallOptions {
  /** How long to wait until it has settled; a duration, 60 s at most. */
  readonly wait?: Schemas['Duration'] | undefined
}

const MARGIN = 10_000

/** Tasklets. */
export class TasksClient {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** With an `idempotencyKey` it is sent again when the answer is lost. */
  submit(task: string, input?: unknown, options: SubmitOptions = {}, call?: CallOptions) {
    const { idempotencyKey: key, ...body } = options
    const params = { header: key === undefined ? {} : { 'Idempotency-Key': key } }
    return answer(
      this.#api.paths.POST('/api/v1/tasks', {
        params,
        body: { task, ...(input !== undefined && { input }), options: body },
        ...this.#api.via(call),
      }),
    )
  }

  /** All of them or none; by their keys. */
  async submitBatch(entries: BatchEntries, call?: CallOptions) {
    const options = { body: { entries }, ...this.#api.via(call) }
    return (await answer(this.#api.paths.POST('/api/v1/tasks/batch', options))).tasklets
  }

  list(query: QueryOf<'/api/v1/tasks'> = {}, call?: CallOptions) {
    return answer(
      this.#api.paths.GET('/api/v1/tasks', { params: { query }, ...this.#api.via(call) }),
    )
  }

  get(id: string, { wait, ...call }: GetOptions = {}) {
    const query = wait === undefined ? {} : { wait }
    const timeout = wait === undefined ? call.timeout : toMilliseconds(wait) + MARGIN
    const params = { path: { id }, query }
    return answer(
      this.#api.paths.GET('/api/v1/tasks/{id}', { params, ...this.#api.via({ ...call, timeout }) }),
    )
  }

  explain(id: string, call?: CallOptions) {
    return answer(this.#api.paths.GET('/api/v1/tasks/{id}/explain', this.#of(id, call)))
  }

  timeline(id: string, call?: CallOptions) {
    return answer(this.#api.paths.GET('/api/v1/tasks/{id}/timeline', this.#of(id, call)))
  }

  machine(id: string, call?: CallOptions) {
    return answer(this.#api.paths.GET('/api/v1/tasks/{id}/machine', this.#of(id, call)))
  }

  /** A settled one is refused with `conflict`. */
  cancel(id: string, reason?: string, call?: CallOptions) {
    const body = reason === undefined ? {} : { reason }
    const options = { ...this.#of(id, call), body }
    return answer(this.#api.paths.POST('/api/v1/tasks/{id}/cancel', options))
  }

  /** Runs a dead letter again, as a new tasklet. */
  retry(id: string, call?: CallOptions) {
    return answer(this.#api.paths.POST('/api/v1/tasks/{id}/retry', this.#of(id, call)))
  }

  /** What could run now, in order. */
  executable(query: QueryOf<'/api/v1/executable'> = {}, call?: CallOptions) {
    return answer(
      this.#api.paths.GET('/api/v1/executable', { params: { query }, ...this.#api.via(call) }),
    )
  }

  /** The times of many. */
  timelines(query: QueryOf<'/api/v1/timeline'> = {}, call?: CallOptions) {
    return answer(
      this.#api.paths.GET('/api/v1/timeline', { params: { query }, ...this.#api.via(call) }),
    )
  }

  #of(id: string, call: CallOptions | undefined) {
    return { params: { path: { id } }, ...this.#api.via(call) }
  }
}
