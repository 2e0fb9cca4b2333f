import type { Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { type Duration, toMilliseconds } from '../core/duration.ts'
import { InputError } from '../core/errors.ts'
import type { Clock } from '../ports/clock.ts'
import { systemClock } from '../runtime/clock.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { EventFeed } from './events/event-feed.ts'
import { createGateway } from './gateway.ts'
import { Readiness } from './health.ts'
import { type ServeOptions, type ServerSettings, toServerSettings } from './server-options.ts'

/** Bytes of the headers of one request. */
const LONGEST_HEADERS = 16_384
/** How often connections are looked over for those that are too slow; milliseconds. */
const CHECK_EVERY = 1000

/**
 * Answers over HTTP for a runtime; it neither starts nor stops it. Resolves when it listens. To end
 * well: `drain()`, then `runtime.stop({drain})`, then `close()`.
 * @throws {InputError} for options that cannot be used, a host that others reach while there is no
 * token, and an address that is taken.
 */
export async function serve(runtime: Runtime, options: ServeOptions = {}): Promise<Server> {
  const settings = await toServerSettings(options)
  const { clock = systemClock } = options
  const feed = new EventFeed(runtime, { clock, ...options.events })
  const readiness = new Readiness(runtime, clock)
  const { tokens, rate } = settings
  const app = createGateway(runtime, { ...options, tokens, rate, feed, readiness })
  const http = createHttpServer(app.fetch, settings)
  await listen(http, settings)
  return new Server(http, settings.host, { feed, readiness, clock })
}

interface ServerParts {
  readonly feed: EventFeed
  readonly readiness: Readiness
  readonly clock: Clock
}

/** A server that listens. */
export class Server {
  readonly host: string
  readonly port: number
  readonly #http: HttpServer
  readonly #parts: ServerParts
  #closing: Promise<void> | undefined

  constructor(http: HttpServer, host: string, parts: ServerParts) {
    this.#http = http
    this.#parts = parts
    this.host = host
    this.port = (http.address() as AddressInfo).port
  }

  /** Where it is reached from this machine, such as `http://127.0.0.1:4680`. */
  get url(): string {
    const name = ANYWHERE[this.host] ?? this.host
    return `http://${name.includes(':') ? `[${name}]` : name}:${this.port}`
  }

  /** From here on `/readyz` says no, so that no more work is sent; everything is answered still. */
  drain(): void {
    this.#parts.readiness.stopping()
  }

  /**
   * Sends listeners away, takes no more connections, and waits `drain` (5s unless given) for what is
   * being answered before it cuts it off. Closing twice waits for the first.
   */
  close({ drain = '5s' }: { readonly drain?: Duration } = {}): Promise<void> {
    this.#closing ??= this.#close(toMilliseconds(drain))
    return this.#closing
  }

  async #close(drain: number): Promise<void> {
    const { feed, clock } = this.#parts
    const http = this.#http
    this.drain()
    feed.close()
    const closed = new Promise<void>((resolve) => http.close(() => resolve()))
    const cancelCut = clock.setTimer(clock.now() + drain, () => http.closeAllConnections())
    const cancelLook = this.#closeIdle()
    await closed
    cancelCut()
    cancelLook()
  }

  /** Connections are kept open for a next request, which would not be taken; until it is cancelled. */
  #closeIdle(): () => void {
    const { clock } = this.#parts
    let cancel: () => void
    const look = () => {
      this.#http.closeIdleConnections()
      cancel = clock.setTimer(clock.now() + LOOK_EVERY, look)
    }
    look()
    return () => cancel()
  }
}

/** How often connections are looked over for those whose answer has ended; milliseconds. */
const LOOK_EVERY = 50
const ANYWHERE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

function createHttpServer(
  fetch: (request: Request, env: object) => Response | Promise<Response>,
  settings: ServerSettings,
): HttpServer {
  const { headersTimeout, requestTimeout, idleTimeout, stallTimeout } = settings
  const http = createAdaptorServer({
    fetch,
    // The process may be somebody else's: its Request and Response stay what they are.
    overrideGlobalObjects: false,
    serverOptions: {
      headersTimeout: Math.min(headersTimeout, requestTimeout),
      requestTimeout,
      keepAliveTimeout: idleTimeout,
      connectionsCheckingInterval: CHECK_EVERY,
      maxHeaderSize: LONGEST_HEADERS,
      keepAlive: true,
    },
  }) as HttpServer
  http.maxConnections = settings.maxConnections
  http.setTimeout(stallTimeout)
  return http
}

function listen(http: HttpServer, { host, port }: ServerSettings): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (error) => reject(listenError(error, host, port)))
    http.listen(port, host.replace(/^\[|\]$/g, ''), () => resolve())
  })
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken: choose another port, or stop what listens there',
  EACCES: 'is not allowed: choose a port above 1023',
  EADDRNOTAVAIL: 'is no address of this machine',
  ENOTFOUND: 'is no address of this machine',
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const reason = REASONS[error.code ?? '']
  if (reason === undefined) return error
  return new InputError(`${host} port ${port} ${reason}`, { cause: error })
}
