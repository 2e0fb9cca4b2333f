import createFetchClient, { type Client as FetchClient } from 'openapi-fetch'
import type { components, paths } from './api-types.ts'
import { ProblemError } from './problem-error.ts'
import type { CallOptions, Transport } from './transport.ts'

export type Schemas = components['schemas']

/** What the API takes in the query of a GET. */
export type QueryOf<Path extends keyof paths> = paths[Path] extends {
  get: { parameters: { query?: infer Query } }
}
  ? NonNullable<Query>
  : never

/** The addresses of the API, typed by its document, over a transport. */
export class Api {
  readonly #transport: Transport
  readonly #client: FetchClient<paths>

  constructor(transport: Transport) {
    this.#transport = transport
    this.#client = createFetchClient<paths>({ baseUrl: transport.url })
  }

  get paths(): Pick<FetchClient<paths>, 'GET' | 'POST' | 'PUT'> {
    return this.#client
  }

  /** What the options of a call mean for openapi-fetch. */
  via(options: CallOptions | undefined): { fetch: (request: Request) => Promise<Response> } {
    return { fetch: (request) => this.#transport.send(request, options) }
  }
}

interface Answered<Data> {
  readonly data?: Data | undefined
  readonly error?: unknown
  readonly response: Response
}

/** @throws {ProblemError} when the server has refused. */
export async function answer<Data>(call: Promise<Answered<Data>>): Promise<Data> {
  const { data, error, response } = await call
  if (!response.ok) throw new ProblemError(response, error)
  // What has no body is typed as having none.
  return data as Data
}
