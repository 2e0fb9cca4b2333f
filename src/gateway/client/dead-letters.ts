import { type Api, answer, type QueryOf, type Schemas } from './api.ts'
import type { CallOptions } from './transport.ts'

export type DeadLetterChoice = Schemas['DeadLetterChoice']

/** Tasklets that failed for good. */
export class DeadLettersClient {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  list(query: QueryOf<'/api/v1/dead-letters'> = {}, call?: CallOptions) {
    return answer(
      this.#api.paths.GET('/api/v1/dead-letters', { params: { query }, ...this.#api.via(call) }),
    )
  }

  replay(body: DeadLetterChoice, call?: CallOptions) {
    const options = { body, ...this.#api.via(call) }
    return answer(this.#api.paths.POST('/api/v1/dead-letters/replay', options))
  }

  /** Resolves with how many there were. */
  async discard(body: DeadLetterChoice, call?: CallOptions) {
    const options = { body, ...this.#api.via(call) }
    const { paths } = this.#api
    return (await answer(paths.POST('/api/v1/dead-letters/discard', options))).discarded
  }
}
