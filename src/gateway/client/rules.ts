import { type Api, answer } from './api.ts'
import type { CallOptions } from './transport.ts'

/** When tasks are submitted without anybody asking; ids are `plan/name`. */
export class SchedulesClient {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  async list(call?: CallOptions) {
    return (await answer(this.#api.paths.GET('/api/v1/schedules', this.#api.via(call)))).items
  }

  /** Milliseconds since the epoch. */
  async next(id: string, count = 5, call?: CallOptions) {
    const params = { path: { schedule: id }, query: { count } }
    const options = { params, ...this.#api.via(call) }
    const { paths } = this.#api
    return (await answer(paths.GET('/api/v1/schedules/{schedule}/next', options))).items
  }

  run(id: string, call?: CallOptions) {
    return answer(this.#api.paths.POST('/api/v1/schedules/{schedule}/run', this.#of(id, call)))
  }

  enable(id: string, call?: CallOptions) {
    return answer(this.#api.paths.POST('/api/v1/schedules/{schedule}/enable', this.#of(id, call)))
  }

  disable(id: string, call?: CallOptions) {
    return answer(this.#api.paths.POST('/api/v1/schedules/{schedule}/disable', this.#of(id, call)))
  }

  #of(schedule: string, call: CallOptions | undefined) {
    return { params: { path: { schedule } }, ...this.#api.via(call) }
  }
}

/** The rules that break in; names are `plan/name`. */
export class InterruptsClient {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  async list(call?: CallOptions) {
    return (await answer(this.#api.paths.GET('/api/v1/interrupts', this.#api.via(call)))).items
  }

  enable(name: string, call?: CallOptions) {
    const options = this.#of(name, call)
    return answer(this.#api.paths.POST('/api/v1/interrupts/{interrupt}/enable', options))
  }

  disable(name: string, call?: CallOptions) {
    const options = this.#of(name, call)
    return answer(this.#api.paths.POST('/api/v1/interrupts/{interrupt}/disable', options))
  }

  #of(interrupt: string, call: CallOptions | undefined) {
    return { params: { path: { interrupt } }, ...this.#api.via(call) }
  }
}
