import { type Api, answer, type QueryOf } from './api.ts'
import type { CallOptions } from './transport.ts'

/** Plans and their worlds. */
export class PlansClient {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  async list(call?: CallOptions) {
    return (await answer(this.#api.paths.GET('/api/v1/plans', this.#api.via(call)))).items
  }

  get(name: string, call?: CallOptions) {
    return answer(this.#api.paths.GET('/api/v1/plans/{name}', this.#of(name, call)))
  }

  /** As a text, in the format that is asked for: `xstate` (JSON), `mermaid` or `ts`. */
  machine(
    name: string,
    query: QueryOf<'/api/v1/plans/{name}/machine'> = {},
    call?: CallOptions,
  ): Promise<string> {
    const params = { path: { name }, query }
    const options = { params, parseAs: 'text', ...this.#api.via(call) } as const
    return answer(this.#api.paths.GET('/api/v1/plans/{name}/machine', options))
  }

  /** The cheapest path, or why there is none. */
  path(name: string, query: QueryOf<'/api/v1/plans/{name}/path'>, call?: CallOptions) {
    const params = { path: { name }, query }
    return answer(
      this.#api.paths.GET('/api/v1/plans/{name}/path', { params, ...this.#api.via(call) }),
    )
  }

  /** Tells the world of a plan what happened outside. */
  send(name: string, event: { type: string; [key: string]: unknown }, call?: CallOptions) {
    const options = { ...this.#of(name, call), body: event }
    return answer(this.#api.paths.POST('/api/v1/plans/{name}/events', options))
  }

  goTo(name: string, state: string, call?: CallOptions) {
    const options = { ...this.#of(name, call), body: { state } }
    return answer(this.#api.paths.POST('/api/v1/plans/{name}/go-to', options))
  }

  #of(name: string, call: CallOptions | undefined) {
    return { params: { path: { name } }, ...this.#api.via(call) }
  }
}
