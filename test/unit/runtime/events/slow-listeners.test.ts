import { describe, expect, it } from 'vitest'
import { EventBus } from '../../../../src/runtime/events/event-bus.ts'
import type { QueueOptions } from '../../../../src/runtime/events/event-queue.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'

/** A bus and a listener to `n` that ends its work when it is told to. */
function makeSlow(options?: QueueOptions) {
  const reported: unknown[] = []
  const bus = new EventBus(new ManualClock(), (error) => reported.push(error))
  const told: unknown[] = []
  const overflows: unknown[] = []
  let working = Promise.withResolvers<void>()
  bus.on('subscriber.overflowed', ({ data }) => overflows.push(data))
  const leave = bus.on(
    'n',
    ({ data }) => {
      told.push(data)
      working = Promise.withResolvers<void>()
      return working.promise
    },
    options,
  )
  const emit = (...all: readonly unknown[]) => {
    for (const data of all) bus.emit('n', data)
  }
  /** The listener is done with the event that it has; `all` of them: and with those that follow. */
  const done = async (all = false) => {
    do {
      const current = working
      current.resolve()
      await allDone()
      if (current === working) return
    } while (all)
  }
  return { bus, reported, told, overflows, leave, emit, done, fail: () => working.reject('no') }
}

describe('a listener that returns promises', () => {
  it('is told one event after another, in order, while nobody waits for it', async () => {
    const { bus, told, emit, done } = makeSlow()
    const quick: unknown[] = []
    bus.on('n', ({ data }) => quick.push(data))
    emit(1, 2, 3)
    expect([quick, told]).toEqual([[1, 2, 3], [1]])
    await done()
    expect(told).toEqual([1, 2])
    await done(true)
    emit(4)
    expect(told).toEqual([1, 2, 3, 4])
  })

  it('hears the next event after it has failed, and the failure is reported', async () => {
    const { reported, told, emit, fail } = makeSlow()
    emit(1, 2)
    fail()
    await allDone()
    expect([reported, told]).toEqual([['no'], [1, 2]])
  })

  it('loses the oldest of the events that are too many, which is told once', async () => {
    const { told, overflows, emit, done } = makeSlow({ queue: 2 })
    emit(1, 2, 3, 4, 5)
    await done(true)
    expect(told).toEqual([1, 4, 5])
    expect(overflows).toEqual([{ pattern: 'n', dropped: 1, policy: 'drop-oldest' }])
  })

  it('is told to have lost more when it has caught up and falls behind again', async () => {
    const { overflows, emit, done } = makeSlow({ queue: 1 })
    emit(1, 2, 3, 4)
    await done(true)
    emit(5, 6, 7)
    expect(overflows).toMatchObject([{ dropped: 1 }, { dropped: 3 }])
  })

  it('loses the newest when it says so', async () => {
    const { told, emit, done } = makeSlow({ queue: 2, overflow: 'drop-newest' })
    emit(1, 2, 3, 4, 5)
    await done(true)
    expect(told).toEqual([1, 2, 3])
  })

  it('hears what waits and no more when it says so', async () => {
    const { bus, told, overflows, emit, done } = makeSlow({ queue: 2, overflow: 'unsubscribe' })
    emit(1, 2, 3, 4, 5)
    expect(bus.hears('n')).toBe(false)
    await done(true)
    emit(6)
    expect(told).toEqual([1, 2, 3])
    expect(overflows).toEqual([{ pattern: 'n', dropped: 1, policy: 'unsubscribe' }])
  })

  it('hears nothing of what waits once it is taken off', async () => {
    const { told, emit, leave, done } = makeSlow()
    emit(1, 2)
    leave()
    await done(true)
    expect(told).toEqual([1])
  })

  it('does not set the others off for ever by falling behind', async () => {
    const { bus, overflows } = makeSlow()
    const never = new Promise<void>(() => {})
    for (const pattern of ['**', '*.*', 'subscriber.*']) bus.on(pattern, () => never, { queue: 1 })
    for (let count = 0; count < 10; count += 1) bus.emit('a.b', count)
    expect(overflows).toMatchObject([{ pattern: '**' }, { pattern: '*.*' }])
  })
})

describe('a storm of 100 000 events', () => {
  it('leaves slow listeners with bounded queues, and the quick ones with every event at once', async () => {
    const bus = new EventBus(new ManualClock(), () => {})
    const never = new Promise<void>(() => {})
    let slow = 0
    let quick = 0
    const dropped: number[] = []
    bus.on('subscriber.overflowed', ({ data }) => dropped.push(data.dropped))
    bus.on('storm.*', () => {
      slow += 1
      return never
    })
    bus.on('storm.*', () => (quick += 1))
    for (let count = 1; count <= 100_000; count += 1) {
      bus.emit('storm.drop', count)
      // Nobody had to wait: it has heard this one before the next one came.
      if (quick !== count) break
    }
    expect({ slow, quick, dropped }).toEqual({ slow: 1, quick: 100_000, dropped: [1] })
  })
})
