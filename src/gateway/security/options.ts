import { InputError } from '../../core/errors.ts'
import type { Log } from '../../plan/handler.ts'
import type { Clock } from '../../ports/clock.ts'
import { systemClock } from '../../runtime/clock.ts'
import { stderrLog } from '../../runtime/log.ts'
import type { Tokens } from './authentication.ts'
import type { NameOptions } from './names.ts'
import type { RateOptions } from './token-buckets.ts'

export interface SecurityOptions extends NameOptions {
  /** Who may do what; without it everybody who reaches the server may do everything. */
  readonly tokens?: Tokens | undefined
  /** For each token, or each address without one; no limit unless given. */
  readonly rate?: RateOptions | undefined
  /** The most bytes of a body; 1 MiB unless given. */
  readonly bodyLimit?: number | undefined
  /** How many proxies of one's own add to X-Forwarded-For; 0 unless given. */
  readonly proxies?: number | undefined
  readonly log?: Log | undefined
  readonly clock?: Clock | undefined
}

export interface SecuritySettings extends NameOptions {
  readonly tokens: Tokens | undefined
  readonly rate: RateOptions | undefined
  readonly bodyLimit: number
  readonly proxies: number
  readonly log: Log
  readonly clock: Clock
}

const MEBIBYTE = 1024 * 1024

/** @throws {InputError} for a limit that is no whole number, or too low. */
export function toSecuritySettings(options: SecurityOptions): SecuritySettings {
  const { tokens, rate, hosts, origins, log = stderrLog, clock = systemClock } = options
  const bodyLimit = wholeNumber('bodyLimit', options.bodyLimit ?? MEBIBYTE, 1)
  const proxies = wholeNumber('proxies', options.proxies ?? 0, 0)
  return { tokens, rate, hosts, origins, bodyLimit, proxies, log, clock }
}

/** @throws {InputError} that names the option. */
export function wholeNumber(option: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new InputError(`${option} is a whole number of at least ${least}, not ${String(value)}`)
}
