import { tellChanges } from '../../core/tell-changes.ts'

export interface BullmqDispatchOptions {
  /** What the keys of this dispatch in Redis begin with. Default: `setpoint`. */
  readonly prefix?: string | undefined
  /**
   * Milliseconds after which what a dead consumer held is handed out again: between one and two
   * times as many. Live consumers renew in half of it. Default: 30 000.
   */
  readonly lockDuration?: number | undefined
  /** Further options of ioredis for every connection: `tls`, `username`, `password`, `sentinels`. */
  readonly connection?: Readonly<Record<string, unknown>> | undefined
  /**
   * What an operator should know: a Redis that may forget, a script that failed. Default: a warning
   * of the process. Must not throw.
   */
  readonly onWarning?: ((message: string) => void) | undefined
}

export interface Settings {
  readonly url: string
  readonly prefix: string
  readonly lockDuration: number
  readonly connection: Readonly<Record<string, unknown>>
  readonly warn: (message: string) => void
}

export function toSettings(url: string, options: BullmqDispatchOptions): Settings {
  return {
    url,
    prefix: options.prefix ?? 'setpoint',
    lockDuration: options.lockDuration ?? 30_000,
    connection: options.connection ?? {},
    warn: tellChanges(options.onWarning ?? ((message) => process.emitWarning(message))),
  }
}
