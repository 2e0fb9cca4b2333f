import { describe, expect, it } from 'vitest'
import { EventBus } from '../../../../src/runtime/events/event-bus.ts'
import { Events } from '../../../../src/runtime/events/events.ts'
import { ManualClock } from '../../../support/manual-clock.ts'

function makeEvents() {
  const bus = new EventBus(new ManualClock(), () => {})
  const events = new Events(bus)
  const emit = (...all: readonly unknown[]) => {
    for (const data of all) events.emit('n.m', data)
  }
  return { bus, events, emit }
}

async function readAll(stream: AsyncIterable<{ readonly data: unknown }>): Promise<unknown[]> {
  const read: unknown[] = []
  for await (const { data } of stream) read.push(data)
  return read
}

describe('a stream of events', () => {
  it('gives what was told since it was made, in order, to whoever reads it later', async () => {
    const { events, emit } = makeEvents()
    emit(0)
    const stream = events.stream('n.*')
    emit(1, 2)
    expect(await stream.next()).toMatchObject({ done: false, value: { name: 'n.m', data: 1 } })
    expect(await stream.next()).toMatchObject({ value: { data: 2 } })
    const reading = [stream.next(), stream.next()]
    emit(3, 4)
    expect(await Promise.all(reading)).toMatchObject([
      { value: { data: 3 } },
      { value: { data: 4 } },
    ])
  })

  it('hears nothing any more once its loop was left', async () => {
    const { bus, events, emit } = makeEvents()
    const stream = events.stream('n.*')
    emit(1, 2)
    for await (const _ of stream) break
    expect(bus.hears('n.m')).toBe(false)
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  it('ends when its signal aborts, whether or not somebody is reading', async () => {
    const { bus, events, emit } = makeEvents()
    const controller = new AbortController()
    const { signal } = controller
    const [read, unread] = [events.stream('n.*', { signal }), events.stream('n.*', { signal })]
    const reading = read.next()
    controller.abort()
    emit(1)
    expect(await reading).toEqual({ done: true, value: undefined })
    expect(await readAll(unread)).toEqual([])
    expect(bus.hears('n.m')).toBe(false)
  })

  it('ends at once under a signal that has aborted, and once the runtime has stopped', async () => {
    const { bus, events } = makeEvents()
    expect(await readAll(events.stream('n.*', { signal: AbortSignal.abort() }))).toEqual([])
    bus.close()
    expect(await readAll(events.stream('n.*'))).toEqual([])
    expect(bus.hears('n.m')).toBe(false)
  })

  it('gives what was told before the runtime stopped, and then ends', async () => {
    const { bus, events, emit } = makeEvents()
    const stream = events.stream('n.*')
    emit(1, 2)
    bus.close()
    expect(await readAll(stream)).toEqual([1, 2])
  })

  it('holds no more than its queue of a storm that nobody reads, and tells it once', async () => {
    const { bus, events, emit } = makeEvents()
    const overflows: unknown[] = []
    events.on('subscriber.overflowed', ({ data }) => overflows.push(data))
    const stream = events.stream('n.*', { queue: 3 })
    for (let count = 1; count <= 100_000; count += 1) emit(count)
    expect(stream.waiting).toBe(3)
    expect(overflows).toEqual([{ pattern: 'n.*', dropped: 1, policy: 'drop-oldest' }])
    bus.close()
    expect(await readAll(stream)).toEqual([99_998, 99_999, 100_000])
  })

  it('ends after what it could hold when it is to unsubscribe', async () => {
    const { bus, events, emit } = makeEvents()
    const stream = events.stream('n.*', { queue: 2, overflow: 'unsubscribe' })
    emit(1, 2, 3, 4)
    expect(bus.hears('n.m')).toBe(false)
    expect(await readAll(stream)).toEqual([1, 2])
  })

  it('is refused for a pattern that matches nothing', () => {
    expect(() => makeEvents().events.stream('n..m')).toThrow('"n..m" matches no event')
  })
})
