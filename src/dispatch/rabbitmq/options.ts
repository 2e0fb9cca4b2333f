import { InputError } from '../../core/errors.ts'
import { tellChanges } from '../../core/tell-changes.ts'

export interface RabbitmqDispatchOptions {
  /** What the names of all queues and exchanges begin with. Default: `setpoint`. */
  readonly prefix?: string | undefined
  /**
   * How often a message may come back before it is put aside in `<prefix>.dead`. Default: 100. For
   * queues that are there already, change it by a policy of the broker.
   */
  readonly deliveryLimit?: number | undefined
  /**
   * What goes wrong while nobody waits for an answer, in one sentence. Default: a warning of the
   * process. Must not throw.
   */
  readonly onWarning?: ((message: string) => void) | undefined
}

export interface Settings {
  readonly url: string
  readonly prefix: string
  readonly deliveryLimit: number
  readonly warn: (message: string) => void
}

const DELIVERY_LIMIT = 100
const PREFETCH = 32
/** What fits into its field of the protocol. */
const MOST_PREFETCHED = 65_535

/** @throws {InputError} for values that no broker could work with. */
export function toSettings(url: string, options: RabbitmqDispatchOptions): Settings {
  const { deliveryLimit = DELIVERY_LIMIT, onWarning } = options
  if (!Number.isSafeInteger(deliveryLimit) || deliveryLimit < 1) {
    throw new InputError(`deliveryLimit is an integer of at least 1, not ${deliveryLimit}`)
  }
  return {
    url,
    prefix: toPrefix(options.prefix),
    deliveryLimit,
    warn: toWarn(onWarning),
  }
}

export function toWarn(
  tell: (message: string) => void = (message) => process.emitWarning(message),
): (message: string) => void {
  return tellChanges(tell)
}

/** @throws {InputError} */
export function toPrefetch(prefetch = PREFETCH): number {
  if (Number.isInteger(prefetch) && prefetch >= 1 && prefetch <= MOST_PREFETCHED) return prefetch
  throw new InputError(`prefetch is an integer from 1 to ${MOST_PREFETCHED}, not ${prefetch}`)
}

/** @throws {InputError} */
export function toPrefix(prefix = 'setpoint'): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$/.test(prefix) && !prefix.startsWith('amq.')) return prefix
  throw new InputError(
    `"${prefix}" is no prefix: use up to 40 letters, digits, "_", "-" and ".", and not "amq."`,
  )
}
