import { describe, expect, it } from 'vitest'
import { EventFeed } from '../../../../src/gateway/events/event-feed.ts'
import type { EventStreamOptions } from '../../../../src/gateway/events/options.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

async function start(options: EventStreamOptions = {}) {
  const made = await startRuntime(planOf({ greet: async () => 'hello' }))
  const feed = new EventFeed(made.runtime, { clock: made.clock, ...options })
  const listen = (pattern = 'door.*', lastId?: string) => {
    const cuts: string[] = []
    const stream = feed.open({ pattern, lastId, cut: () => cuts.push('cut') })
    return { stream, cuts, ...reading(stream) }
  }
  const emit = (...data: unknown[]) => {
    for (const each of data) made.runtime.events.emit('door.opened', each)
  }
  /** What was told has been sent. */
  const told = () => made.clock.advance(10)
  return { ...made, feed, listen, emit, told }
}

/** Reads only when it is told to. */
function reading(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader()
  const decoder = new TextDecoder()
  const state = { text: '', isOver: false }
  const readOn = async () => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      state.text += decoder.decode(value)
    }
    state.isOver = true
  }
  return { state, reader, readOn: () => void readOn(), leave: () => reader.cancel() }
}

const DATA = /^data: (\{"id".*)$/gm

function eventsIn(text: string): { id: string; name: string; data: unknown }[] {
  return [...text.matchAll(DATA)].map(([, json]) => JSON.parse(json ?? ''))
}

describe('listening to events over HTTP', () => {
  it('tells events of the pattern with their ids, and when to come back', async () => {
    const { listen, emit, told, runtime } = await start()
    const { state, readOn } = listen()
    readOn()
    emit({ n: 1 }, { n: 2 })
    runtime.events.emit('window.opened', {})
    await told()
    expect(state.text).toMatch(/^retry: 2000\n\n/)
    const events = eventsIn(state.text)
    expect(events.map(({ name, data }) => [name, data])).toEqual([
      ['door.opened', { n: 1 }],
      ['door.opened', { n: 2 }],
    ])
    expect(state.text).toContain(`id: ${events[1]?.id}\n`)
  })

  it('tells records in their envelope, without what has the name of a secret', async () => {
    const { listen, told, runtime } = await start()
    const { state, readOn } = listen('tasklet.submitted')
    readOn()
    await runtime.submit('plan/greet', { user: 'ada', login: { password: 'hunter2' } })
    await told()
    expect(eventsIn(state.text)[0]?.data).toMatchObject({
      setpoint: 1,
      tasklet: {
        plan: 'plan',
        task: 'greet',
        input: { user: 'ada', login: { password: '[redacted]' } },
      },
    })
    expect(state.text).not.toContain('hunter2')
  })

  it('goes on after the event that was heard last', async () => {
    const { listen, emit, told } = await start()
    const first = listen()
    first.readOn()
    emit(1, 2)
    await told()
    const lastId = eventsIn(first.state.text)[0]?.id
    await first.leave()
    emit(3)
    const second = listen('door.*', lastId)
    second.readOn()
    await told()
    expect(eventsIn(second.state.text).map(({ data }) => data)).toEqual([2, 3])
    expect(second.state.text).not.toContain('gap')
  })

  it('announces a gap when what was heard last is not kept any more, and tells all that is', async () => {
    const { listen, emit, told } = await start({ replay: 2 })
    const first = listen()
    first.readOn()
    emit(1)
    await told()
    const lastId = eventsIn(first.state.text)[0]?.id
    emit(2, 3, 4)
    await told()
    const second = listen('door.*', lastId)
    second.readOn()
    await told()
    expect(second.state.text).toMatch(
      new RegExp(`event: gap\\ndata: \\{"after":"${lastId}","oldest":"[0-9a-f-]+"\\}`),
    )
    expect(eventsIn(second.state.text).map(({ data }) => data)).toEqual([3, 4])
  })

  it('announces a gap to who comes back after a restart, or with another pattern', async () => {
    const { listen, emit, told } = await start()
    const first = listen()
    first.readOn()
    emit(1)
    await told()
    const other = listen('**', eventsIn(first.state.text)[0]?.id)
    const unknown = listen('door.*', 'not-an-id')
    other.readOn()
    unknown.readOn()
    await told()
    expect(other.state.text).toContain('event: gap')
    expect(unknown.state.text).toContain('event: gap')
  })

  it('keeps events for a while after the last listener of a pattern has left, then forgets', async () => {
    const { listen, emit, told, clock } = await start({ linger: '1m' })
    const first = listen()
    first.readOn()
    emit(1)
    await told()
    const lastId = eventsIn(first.state.text)[0]?.id
    await first.leave()
    await clock.advance('59s')
    const second = listen('door.*', lastId)
    second.readOn()
    await told()
    expect(second.state.text).not.toContain('gap')
    await second.leave()
    await clock.advance('61s')
    const third = listen('door.*', lastId)
    third.readOn()
    await told()
    expect(third.state.text).toContain('event: gap')
  })

  it('drops the oldest events of one that does not read, says how many, and spares the others', async () => {
    const { listen, emit, told } = await start({ queue: 3 })
    const slow = listen()
    const quick = listen()
    quick.readOn()
    for (let n = 1; n <= 10; n += 1) {
      emit(n)
      await told()
    }
    slow.readOn()
    await told()
    expect(slow.state.text).toContain('event: dropped\ndata: {"dropped":8}')
    expect(eventsIn(slow.state.text).map(({ data }) => data)).toEqual([8, 9, 10])
    expect(eventsIn(quick.state.text)).toHaveLength(10)
  })

  it('cuts off one that takes nothing for too long, and leaves its place to another', async () => {
    const { feed, listen, emit, clock } = await start({
      maxListeners: 1,
      stall: '30s',
      heartbeat: '15s',
    })
    const { cuts } = listen()
    emit(1)
    await clock.advance('29s')
    expect([cuts, feed.size]).toEqual([[], 1])
    await clock.advance('2s')
    expect([cuts, feed.size]).toEqual([['cut'], 0])
    expect(() => listen()).not.toThrow()
  })

  it('gives a sign of life to one that hears nothing, and does not cut it off', async () => {
    const { listen, clock } = await start({ heartbeat: '15s', stall: '30s' })
    const { state, cuts, readOn } = listen()
    readOn()
    await clock.advance('5m')
    expect(state.text.match(/^: $/gm)).toHaveLength(20)
    expect(cuts).toEqual([])
  })

  it('refuses more listeners than it may have, until one leaves', async () => {
    const { listen } = await start({ maxListeners: 2 })
    const [first] = [listen(), listen('**')]
    expect(() => listen()).toThrow('2 listen already')
    await first?.leave()
    expect(() => listen()).not.toThrow()
  })

  it('refuses a pattern that matches nothing, and keeps no place for it', async () => {
    const { feed, listen } = await start()
    expect(() => listen('a..b')).toThrow('matches no event')
    expect(feed.size).toBe(0)
  })

  it('sends everybody away at the end, with what they have not heard yet', async () => {
    const { feed, listen, emit, clock } = await start()
    const { state, readOn } = listen()
    readOn()
    emit(1)
    feed.close()
    await allDone()
    expect(eventsIn(state.text).map(({ data }) => data)).toEqual([1])
    expect(state.text).toContain('event: end\ndata: {"reason":"shutdown","retry":2000}')
    expect(state.isOver).toBe(true)
    expect(() => listen()).toThrow('stopping')
    const { pending } = clock
    feed.close()
    expect(clock.pending).toBe(pending)
  })

  it('ends with the runtime, after its last event', async () => {
    const { listen, runtime, clock } = await start()
    const { state, readOn } = listen('runtime.*')
    readOn()
    await runtime.stop()
    await clock.advance(10)
    expect(eventsIn(state.text).map(({ name }) => name)).toEqual(['runtime.stopped'])
    expect(state.isOver).toBe(true)
  })

  it('tells of data that is too long only what it was about', async () => {
    const { listen, emit, told } = await start()
    const { state, readOn } = listen()
    readOn()
    emit('x'.repeat(100_000))
    await told()
    expect(eventsIn(state.text)[0]?.data).toEqual({ truncated: true, length: 100_002 })
  })

  it('leaves no timer behind when nobody listens and nothing is kept', async () => {
    const { listen, clock, emit } = await start({ linger: '1m' })
    const before = clock.pending
    const { readOn, leave } = listen()
    readOn()
    emit(1)
    await leave()
    await clock.advance('2m')
    expect(clock.pending).toBeLessThanOrEqual(before)
  })
})
