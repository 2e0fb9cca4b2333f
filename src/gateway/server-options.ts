import { type Duration, toMilliseconds } from '../core/duration.ts'
import { InputError } from '../core/errors.ts'
import type { EventStreamOptions } from './events/options.ts'
import type { MetricsSource } from './metrics.ts'
import { adminToken, anyOf, type Tokens } from './security/authentication.ts'
import { isLoopback } from './security/names.ts'
import { type SecurityOptions, wholeNumber } from './security/options.ts'
import type { RateOptions } from './security/token-buckets.ts'

export interface ServeOptions extends Omit<SecurityOptions, 'rate'> {
  /** `127.0.0.1` unless given: nobody else reaches it. Any other host needs a token. */
  readonly host?: string | undefined
  /** 4680 unless given; 0: one that is free. */
  readonly port?: number | undefined
  /** One token that may do everything; the command line takes it from SETPOINT_TOKEN. */
  readonly token?: string | undefined
  /** For each client; 200 a second with bursts of 500 unless given, and none on loopback. */
  readonly rate?: RateOptions | false | undefined
  readonly events?: EventStreamOptions | undefined
  /** Answers at /metrics, and hears of every request. */
  readonly metrics?: MetricsSource | undefined
  /** Until the headers of a request are there; `10s` unless given. */
  readonly headersTimeout?: Duration | undefined
  /** Until the whole request is there; `30s` unless given. */
  readonly requestTimeout?: Duration | undefined
  /** How long a connection may wait for its next request; `60s` unless given. */
  readonly idleTimeout?: Duration | undefined
  /** How long nothing may move on a connection that is answered; `5m` unless given. */
  readonly stallTimeout?: Duration | undefined
  /** Connections at once, listeners included; 1 024 unless given. */
  readonly maxConnections?: number | undefined
}

export interface ServerSettings {
  readonly host: string
  readonly port: number
  /** Undefined: everybody who reaches the server may do everything. */
  readonly tokens: Tokens | undefined
  readonly rate: RateOptions | undefined
  /** Milliseconds, as are those below. */
  readonly headersTimeout: number
  readonly requestTimeout: number
  readonly idleTimeout: number
  readonly stallTimeout: number
  readonly maxConnections: number
}

const RATE: RateOptions = { perSecond: 200, burst: 500 }
const HIGHEST_PORT = 65_535

/**
 * Tokens are asked for as soon as there is one at the start; on loopback there need be none.
 * @throws {InputError} for what cannot be used, and for a host that others reach while there is no token.
 */
export async function toServerSettings(options: ServeOptions): Promise<ServerSettings> {
  const host = options.host ?? '127.0.0.1'
  const isOpen = !isLoopback(host)
  const tokens = await usedTokens(options)
  if (isOpen && tokens === undefined) throw openWithoutToken(host)
  const rate = options.rate ?? (isOpen ? RATE : false)
  return {
    host,
    port: toPort(options.port ?? 4680),
    tokens,
    rate: rate === false ? undefined : rate,
    headersTimeout: toTime('headersTimeout', options.headersTimeout ?? '10s'),
    requestTimeout: toTime('requestTimeout', options.requestTimeout ?? '30s'),
    idleTimeout: toTime('idleTimeout', options.idleTimeout ?? '60s'),
    stallTimeout: toTime('stallTimeout', options.stallTimeout ?? '5m'),
    maxConnections: wholeNumber('maxConnections', options.maxConnections ?? 1024, 1),
  }
}

async function usedTokens({ token, tokens }: ServeOptions): Promise<Tokens | undefined> {
  const all = [
    ...(token === undefined || token === '' ? [] : [adminToken(token)]),
    ...(tokens === undefined ? [] : [tokens]),
  ]
  const joined = anyOf(all)
  return (await joined.isEmpty()) ? undefined : joined
}

function openWithoutToken(host: string): InputError {
  return new InputError(
    `others reach ${host}, and there is no token: set SETPOINT_TOKEN, or make one with "setpoint token add", or listen on 127.0.0.1`,
  )
}

function toPort(port: number): number {
  if (wholeNumber('port', port, 0) <= HIGHEST_PORT) return port
  throw new InputError(`port is at most ${HIGHEST_PORT}, not ${port}`)
}

function toTime(option: string, given: Duration): number {
  return wholeNumber(option, toMilliseconds(given), 1)
}
