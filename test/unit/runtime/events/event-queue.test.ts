import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OverflowPolicy, RuntimeEvent } from '../../../../src/core/events.ts'
import { EventQueue, toLimits } from '../../../../src/runtime/events/event-queue.ts'
import { childOf } from '../../../../src/runtime/events/lineage.ts'

function eventOf(data: number): RuntimeEvent {
  return { name: 'n', at: 0, data, lineage: childOf(undefined, `${data}`) }
}

/** The same queue, written as one would explain it. */
class Plain {
  readonly told: number[] = []
  readonly #size: number
  readonly #overflow: OverflowPolicy
  events: number[] = []
  dropped = 0
  isTold = false

  constructor(size: number, overflow: OverflowPolicy) {
    this.#size = size
    this.#overflow = overflow
  }

  push(data: number): boolean {
    if (this.events.length < this.#size) {
      this.events.push(data)
      return true
    }
    if (this.#overflow === 'drop-oldest') this.events = [...this.events.slice(1), data]
    this.dropped += 1
    if (!this.isTold) this.told.push(this.dropped)
    this.isTold = true
    return this.#overflow !== 'unsubscribe'
  }

  shift(): number | undefined {
    const data = this.events.shift()
    if (this.events.length === 0) this.isTold = false
    return data
  }
}

describe('EventQueue', () => {
  it('does what its policy says, never holds more than its limit, and tells each overflow once', () => {
    const policy = fc.constantFrom<OverflowPolicy>('drop-oldest', 'drop-newest', 'unsubscribe')
    const moves = fc.array(fc.integer({ min: -6, max: 9 }), { maxLength: 60 })
    fc.assert(
      fc.property(policy, fc.integer({ min: 1, max: 7 }), moves, (overflow, size, counts) => {
        const told: number[] = []
        const queue = new EventQueue({ size, overflow }, (dropped) => told.push(dropped))
        const plain = new Plain(size, overflow)
        let next = 0
        for (const count of counts) {
          for (let left = count; left > 0; left -= 1) {
            next += 1
            expect(queue.push(eventOf(next))).toBe(plain.push(next))
            expect(queue.length).toBe(plain.events.length)
          }
          for (let left = count; left < 0; left += 1) {
            expect(queue.shift()?.data).toBe(plain.shift())
          }
        }
        expect(told).toEqual(plain.told)
      }),
    )
  })

  it('keeps the order when it is never quite empty for a long time', () => {
    const queue = new EventQueue(toLimits({ queue: 5000 }), () => {})
    const read: unknown[] = []
    for (let data = 0; data < 10_000; data += 1) {
      queue.push(eventOf(data))
      if (data >= 3000) read.push(queue.shift()?.data)
    }
    expect(read).toEqual(Array.from({ length: 7000 }, (_, data) => data))
    expect(queue.length).toBe(3000)
  })

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses a size of %d', (queue) => {
    expect(() => toLimits({ queue })).toThrow('queue is a whole number of events, 1 or more')
  })

  it('refuses a policy that there is not, and names those that there are', () => {
    const overflow = 'drop' as OverflowPolicy
    expect(() => toLimits({ overflow })).toThrow('"drop-oldest", "drop-newest", "unsubscribe"')
  })

  it('holds 1000 events and drops the oldest unless told otherwise', () => {
    expect(toLimits()).toEqual({ size: 1000, overflow: 'drop-oldest' })
  })
})
