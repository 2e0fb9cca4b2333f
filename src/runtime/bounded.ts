import type { Clock } from '../ports/clock.ts'
import { wait } from './wait.ts'

export interface Bounds {
  readonly clock: Clock
  /** Milliseconds; undefined: no limit. */
  readonly limit: number | undefined
  /**
   * Milliseconds that the work may take to end once its signal has aborted; undefined: it is sure to
   * end, as work is whose worker is killed.
   */
  readonly grace: number | undefined
  readonly signal: AbortSignal
}

/**
 * Runs work under a time limit and an outer signal. When either ends it, the work's signal aborts,
 * and the promise rejects with the reason only when the work has really ended or its grace has
 * passed: so what the work held is not given away under its hands.
 */
export async function runBounded<T>(
  bounds: Bounds,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { clock, limit, grace } = bounds
  const limiter = new AbortController()
  const disarm =
    limit === undefined
      ? undefined
      : clock.setTimer(clock.now() + limit, () =>
          limiter.abort(new DOMException(`took longer than ${limit} ms`, 'TimeoutError')),
        )
  const signal = AbortSignal.any([bounds.signal, limiter.signal])
  const ended = new AbortController()
  try {
    const value = await Promise.race([work(signal), graceAfter(clock, grace, signal, ended.signal)])
    signal.throwIfAborted()
    return value
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    disarm?.()
    ended.abort()
  }
}

/** Rejects when the grace has passed after the abort; stays pending once the work has ended. */
function graceAfter(
  clock: Clock,
  grace: number | undefined,
  signal: AbortSignal,
  ended: AbortSignal,
): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  if (grace === undefined) return promise
  const expire = () =>
    wait(clock, grace, ended).then(
      () => reject(signal.reason),
      () => {},
    )
  if (signal.aborted) void expire()
  else signal.addEventListener('abort', () => void expire(), { once: true, signal: ended })
  return promise
}
