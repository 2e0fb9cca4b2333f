import type { Duration } from '../../core/duration.ts'
import { Api, answer } from './api.ts'
import { DeadLettersClient } from './dead-letters.ts'
import { LeasesClient } from './leases.ts'
import { PlansClient } from './plans.ts'
import { QueuesClient } from './queues.ts'
import { InterruptsClient, SchedulesClient } from './rules.ts'
import { type EventsOptions, readEvents, type ServerEvent } from './server-events.ts'
import { TasksClient } from './tasks.ts'
import { type CallOptions, Transport, type TransportOptions } from './transport.ts'

export type ClientOptions = Omit<TransportOptions, 'token'>

/**
 * The API of a server, typed. Calls reject with ProblemError when the server refuses, with
 * ConnectionError when it cannot be reached, and with the reason of their signal when it aborts.
 * Reads, and submissions with an idempotency key, are sent again when that may help.
 */
export class Client {
  readonly tasks: TasksClient
  readonly leases: LeasesClient
  readonly queues: QueuesClient
  readonly plans: PlansClient
  readonly deadLetters: DeadLettersClient
  readonly schedules: SchedulesClient
  readonly interrupts: InterruptsClient
  readonly #api: Api
  readonly #transport: Transport

  constructor(transport: Transport) {
    const api = new Api(transport)
    this.#api = api
    this.#transport = transport
    this.tasks = new TasksClient(api)
    this.leases = new LeasesClient(api)
    this.queues = new QueuesClient(api)
    this.plans = new PlansClient(api)
    this.deadLetters = new DeadLettersClient(api)
    this.schedules = new SchedulesClient(api)
    this.interrupts = new InterruptsClient(api)
  }

  /** `window`: how far back times and flow look; 15 minutes unless given. */
  stats(window?: Duration, call?: CallOptions) {
    const params = { query: window === undefined ? {} : { window } }
    return answer(this.#api.paths.GET('/api/v1/stats', { params, ...this.#api.via(call) }))
  }

  /** Tells an event of one's own; resolves, once it is stored, with the waits that end by it. */
  tell(name: string, data?: unknown, call?: CallOptions) {
    const body = { name, ...(data !== undefined && { data }) }
    return answer(this.#api.paths.POST('/api/v1/events', { body, ...this.#api.via(call) }))
  }

  /** What tasklets wait to be told: one of them, or all. */
  async waits(tasklet?: string, call?: CallOptions) {
    const params = { query: tasklet === undefined ? {} : { tasklet } }
    const options = { params, ...this.#api.via(call) }
    return (await answer(this.#api.paths.GET('/api/v1/waits', options))).items
  }

  /** What the server tells of a pattern, across broken connections, until the signal aborts. */
  events(pattern = '**', options: EventsOptions = {}): AsyncGenerator<ServerEvent, void> {
    return readEvents(this.#transport, pattern, options)
  }
}

/**
 * A client of the server at the URL, such as `http://127.0.0.1:4680`. It holds no connection.
 * @throws {InputError} for a URL that cannot be used.
 */
export function createClient(url: string, token?: string, options: ClientOptions = {}): Client {
  return new Client(new Transport(url, { ...options, token }))
}
