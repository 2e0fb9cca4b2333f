import type { Clock } from '../../../src/ports/clock.ts'

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  advance(ms: number): void
  readonly pending: () => number
}

export function createManualClock(start = 1_000_000): ManualClock {
  let time = start
  const timers = new Set<{ at: number; fn: () => void }>()

  return {
    now: () => time,
    setTimer(at, fn) {
      const timer = { at, fn }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance(ms) {
      time += ms
      for (const timer of [...timers].sort((a, b) => a.at - b.at)) {
        if (timer.at <= time && timers.delete(timer)) timer.fn()
      }
    },
    pending: () => timers.size,
  }
}
