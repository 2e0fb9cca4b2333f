import { type Duration, toMilliseconds } from '../../core/duration.ts'
import type { Clock } from '../../ports/clock.ts'
import { systemClock } from '../../runtime/clock.ts'
import { wholeNumber } from '../security/options.ts'

export interface EventStreamOptions {
  /** How many may listen at once; 256 unless given. */
  readonly maxListeners?: number | undefined
  /** Events of one pattern that are kept for listeners who come back; 1 000 unless given. */
  readonly replay?: number | undefined
  /** How long they are kept when nobody listens any more; `5m` unless given. */
  readonly linger?: Duration | undefined
  /** Events that wait for one listener before the oldest is dropped; 1 000 unless given. */
  readonly queue?: number | undefined
  /** A sign of life for listeners who hear nothing; `15s` unless given. */
  readonly heartbeat?: Duration | undefined
  /** A listener who takes nothing for so long is cut off; `30s` unless given. */
  readonly stall?: Duration | undefined
  /** When listeners who were sent away come back; `2s` unless given. */
  readonly retry?: Duration | undefined
  readonly clock?: Clock | undefined
}

export interface EventStreamSettings {
  readonly maxListeners: number
  readonly replay: number
  readonly queue: number
  /** Milliseconds, as are those below. */
  readonly linger: number
  readonly heartbeat: number
  readonly stall: number
  readonly retry: number
  readonly clock: Clock
}

/** @throws {InputError} for a number or duration that cannot be used. */
export function toEventStreamSettings(options: EventStreamOptions): EventStreamSettings {
  return {
    maxListeners: wholeNumber('maxListeners', options.maxListeners ?? 256, 1),
    replay: wholeNumber('replay', options.replay ?? 1000, 1),
    queue: wholeNumber('queue', options.queue ?? 1000, 1),
    linger: toMilliseconds(options.linger ?? '5m'),
    heartbeat: wholeNumber('heartbeat', toMilliseconds(options.heartbeat ?? '15s'), 1),
    stall: wholeNumber('stall', toMilliseconds(options.stall ?? '30s'), 1),
    retry: toMilliseconds(options.retry ?? '2s'),
    clock: options.clock ?? systemClock,
  }
}
