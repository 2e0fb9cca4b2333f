import type { Context } from 'hono'
import type { Log } from '../../plan/handler.ts'
import type { Clock } from '../../ports/clock.ts'
import { TokenBuckets } from './token-buckets.ts'

/** Lines about refusals: twenty at once, and one in a second from then on. */
const LINES = { perSecond: 1, burst: 20 }
const LONGEST_VALUE = 200

/** Tells the operator who was refused and why. A flood of refusals is no flood of lines. */
export class RefusalLog {
  readonly #log: Log
  readonly #lines: TokenBuckets
  #unsaid = 0

  constructor(log: Log, clock: Clock) {
    this.#log = log
    this.#lines = new TokenBuckets(clock, LINES)
  }

  /** `fields`: nothing that a client keeps to itself. */
  tell(context: Context, address: string, reason: string, fields: object = {}): void {
    if (this.#lines.take('') !== undefined) {
      this.#unsaid += 1
      return
    }
    const { method, path } = context.req
    const unsaid = this.#unsaid === 0 ? undefined : this.#unsaid
    this.#unsaid = 0
    const shown = { method, path: publicPath(path), address, reason, ...fields, unsaid }
    this.#log.warn('request refused', clipped(shown))
  }
}

/** The token of a lease is in the path, and whoever has it may settle the tasklet. */
function publicPath(path: string): string {
  return path.replace(/\/leases\/[^/]+/, '/leases/…')
}

function clipped(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.slice(0, LONGEST_VALUE) : value,
    ]),
  )
}
