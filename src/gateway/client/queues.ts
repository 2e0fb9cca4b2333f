import { type Api, answer, type QueryOf, type Schemas } from './api.ts'
import type { CallOptions } from './transport.ts'

/** Order and flow of queues. */
export class QueuesClient {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  async list(call?: CallOptions) {
    return (await answer(this.#api.paths.GET('/api/v1/queues', this.#api.via(call)))).items
  }

  /** The queue, and one page of what may run now, first to run first. */
  get(name: string, query: QueryOf<'/api/v1/queues/{name}'> = {}, call?: CallOptions) {
    const params = { path: { name }, query }
    return answer(this.#api.paths.GET('/api/v1/queues/{name}', { params, ...this.#api.via(call) }))
  }

  pause(name: string, call?: CallOptions) {
    return answer(this.#api.paths.POST('/api/v1/queues/{name}/pause', this.#of(name, call)))
  }

  resume(name: string, call?: CallOptions) {
    return answer(this.#api.paths.POST('/api/v1/queues/{name}/resume', this.#of(name, call)))
  }

  /** Cancels what waits; resolves with how many that were. */
  async clear(name: string, call?: CallOptions) {
    const { paths } = this.#api
    return (await answer(paths.POST('/api/v1/queues/{name}/clear', this.#of(name, call)))).cleared
  }

  /** `version`: of the order that the new one is made from. */
  order(name: string, ids: readonly string[], version: string, call?: CallOptions) {
    const options = { ...this.#of(name, call), body: { ids: [...ids], version } }
    return answer(this.#api.paths.PUT('/api/v1/queues/{name}/order', options))
  }

  /** Position 0 is the front. */
  move(name: string, id: string, position: number, call?: CallOptions) {
    const options = { ...this.#of(name, call), body: { id, position } }
    return answer(this.#api.paths.POST('/api/v1/queues/{name}/move', options))
  }

  setPriority(name: string, id: string, priority: Schemas['Priority'], call?: CallOptions) {
    const options = { ...this.#of(name, call), body: { id, priority } }
    return answer(this.#api.paths.POST('/api/v1/queues/{name}/priority', options))
  }

  #of(name: string, call: CallOptions | undefined) {
    return { params: { path: { name } }, ...this.#api.via(call) }
  }
}
