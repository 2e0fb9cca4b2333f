import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../../src/runtime/clock.ts'

const DAY = 86_400_000

describe('systemClock', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('calls once at the given time, never before setTimer has returned', () => {
    let calls = 0
    systemClock.setTimer(Date.now() - 1000, () => {
      calls += 1
    })
    expect(calls).toBe(0)
    vi.advanceTimersByTime(0)
    vi.advanceTimersByTime(DAY)
    expect(calls).toBe(1)
  })

  it('waits for times that are further away than a timer of Node reaches', () => {
    const at = Date.now() + 60 * DAY
    let calledAt = 0
    systemClock.setTimer(at, () => {
      calledAt = systemClock.now()
    })
    vi.advanceTimersByTime(60 * DAY - 1)
    expect(calledAt).toBe(0)
    vi.advanceTimersByTime(1)
    expect(calledAt).toBe(at)
  })

  it('can be cancelled at any time, also after it has armed itself again', () => {
    const cancel = systemClock.setTimer(Date.now() + 60 * DAY, () => expect.unreachable())
    vi.advanceTimersByTime(40 * DAY)
    cancel()
    cancel()
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(40 * DAY)
  })
})
