import { toMilliseconds } from '../../core/duration.ts'
import { type Api, answer, type Schemas } from './api.ts'
import type { CallOptions } from './transport.ts'

export type PullRequest = Schemas['Pull']
export type Refusal = Schemas['Refusal']

const MARGIN = 10_000

/** Work that is done elsewhere: leased, then settled or extended under its token. */
export class LeasesClient {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** Waits as long as the request says. */
  pull(body: PullRequest = {}, call: CallOptions = {}) {
    const timeout = body.wait === undefined ? call.timeout : toMilliseconds(body.wait) + MARGIN
    const options = { body, ...this.#api.via({ ...call, timeout }) }
    return answer(this.#api.paths.POST('/api/v1/leases', options))
  }

  ack(token: string, output?: unknown, call?: CallOptions) {
    const body = output === undefined ? {} : { output }
    const options = { ...this.#of(token, call), body }
    return answer(this.#api.paths.POST('/api/v1/leases/{token}/ack', options))
  }

  nack(token: string, body: Refusal, call?: CallOptions) {
    const options = { ...this.#of(token, call), body }
    return answer(this.#api.paths.POST('/api/v1/leases/{token}/nack', options))
  }

  extend(token: string, lease: Schemas['Duration'], call?: CallOptions) {
    const options = { ...this.#of(token, call), body: { lease } }
    return answer(this.#api.paths.POST('/api/v1/leases/{token}/extend', options))
  }

  #of(token: string, call: CallOptions | undefined) {
    return { params: { path: { token } }, ...this.#api.via(call) }
  }
}
